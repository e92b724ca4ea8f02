using Mainstay.Preflight.Host;
using static Mainstay.Preflight.Tests.Shop;

namespace Mainstay.Preflight.Tests;

/// <summary>Users, directories, programs, limits, disk.</summary>
public sealed class ServiceHostTests
{
    private readonly FakeHost _host = NewHost();

    [Fact]
    public void A_good_host_has_no_problems()
    {
        var report = Check(Api("port: 3000"), _host);

        Assert.Empty(report.Problems);
        Assert.Empty(report.Notices);
        Assert.True(report.Ok);
    }

    [Theory]
    [InlineData("command: [ nodde ]", "MS3001", "in none of the folders of PATH")]
    [InlineData("command: [ ./run.sh ]", "MS3001", "does not exist")]
    [InlineData("command: [ /usr/bin ]", "MS3002", "is a folder")]
    [InlineData("command: [ /srv/shop/api/server.js ]", "MS3002", "user \"root\" may not execute /srv/shop/api/server.js")]
    [InlineData("command: [ node, dist/server.js ]", "MS3003", "dist/server.js, which does not exist in api")]
    public void A_command_that_cannot_run_is_told(string command, string code, string what)
    {
        var problem = Assert.Single(Check(Api(command), _host).Problems);
        Assert.Equal(code, problem.Code);
        Assert.Contains(what, problem.What, StringComparison.Ordinal);
        Assert.Equal(5, problem.Where.Line);
    }

    [Theory]
    [InlineData("command: [ /usr/bin/node, server.js ]")]
    [InlineData("command: [ node, --inspect, server.js ]")]
    [InlineData("command: [ node, -e, \"1\" ]")]
    [InlineData("command: [ python3.11 ]", "environment: { PATH: /opt/python/bin }")]
    public void A_command_that_can_run_is_not(params string[] lines)
    {
        _host.AddFolder("/opt");
        _host.AddFolder("/opt/python/bin");
        _host.AddFile("/opt/python/bin/python3.11", 0b111_101_101);
        Assert.Empty(Check(Api(lines), _host).Problems);
    }

    [Fact]
    public void A_PATH_that_a_service_declares_is_searched_and_not_shown()
    {
        var problem = Assert.Single(Check(Api("environment: { PATH: /opt/secret/place }"), _host).Problems);
        Assert.Equal("MS3001", problem.Code);
        Assert.DoesNotContain("/opt/secret/place", problem.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void The_command_of_a_healthcheck_is_looked_for_too()
    {
        var problem = Assert.Single(Check(Api("healthcheck: { command: [ curll, -f, \"http://127.0.0.1\" ] }"), _host).Problems);
        Assert.Equal("MS3001", problem.Code);
        Assert.StartsWith("the healthcheck of service \"api\" runs \"curll\"", problem.What, StringComparison.Ordinal);
    }

    [Fact]
    public void A_shell_command_is_left_to_the_shell() => Assert.Empty(Check(Api("command: \"nodde && true\"", "shell: true"), _host).Problems);

    [Theory]
    [InlineData("user: nobody-here", "user", 6, 11)]
    [InlineData("resources: { memory: 1GB, open_files: 2000000 }", "resources.open_files", 6, 43)]
    [InlineData("env_file: [ /srv/no.env ]", "env_file[0]", 6, 17)]
    [InlineData("environment: { KEY: nowhere.pem }\n    env_schema: { KEY: { type: file } }", "KEY", 6, 25)]
    public void A_problem_stands_at_its_key_and_not_at_its_service(string lines, string path, int line, int column)
    {
        var where = Assert.Single(Check(Api(lines), _host).Problems).Where;
        Assert.Equal((line, column), (where.Line, where.Column));
        Assert.EndsWith(path, where.Path, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_directory_stands_at_its_key()
    {
        _host.Remove("/srv/shop/api");
        Assert.Equal((4, 16), Assert.Single(Check(Api(), _host).Problems).Where is var where ? (where.Line, where.Column) : default);
    }

    [Fact]
    public void A_missing_directory_hides_no_program_that_needs_none()
    {
        _host.Remove("/srv/shop/api");
        Assert.Equal("MS3004 MS3001", Ids(Check(Api("command: [ nodde ]"), _host).Problems));
        Assert.Equal("MS3004 MS3001", Ids(Check(Api("command: [ /opt/nodde ]"), _host).Problems));
        Assert.Equal("MS3004", Ids(Check(Api("command: [ ./nodde ]"), _host).Problems));
        Assert.Equal("MS3004", Ids(Check(Api("command: [ nodde ]", "environment: { PATH: bin }"), _host).Problems));
    }

    [Fact]
    public void A_missing_directory_is_told_once_and_the_program_is_not_looked_for_in_it()
    {
        _host.Remove("/srv/shop/api");
        var problem = Assert.Single(Check(Api(), _host).Problems);
        Assert.Equal(("MS3004", "services.api.directory"), (problem.Code, problem.Where.Path));
    }

    [Fact]
    public void Folders_are_judged_with_the_eyes_of_the_services_user()
    {
        _host.AddFolder("/srv/shop", 0b111_000_000);
        var problem = Assert.Single(Check(Api("user: app"), _host).Problems);
        Assert.Equal("MS3005", problem.Code);
        Assert.Contains("user \"app\" may not enter /srv/shop", problem.What, StringComparison.Ordinal);
    }

    [Fact]
    public void A_program_in_a_private_folder_is_no_program_for_another_user()
    {
        _host.Remove("/usr/bin/node");
        _host.AddFolder("/root", 0b111_000_000);
        _host.AddFolder("/root/.nvm");
        _host.AddFile("/root/.nvm/node", 0b111_101_101);
        _host.SearchPath = "/root/.nvm:/usr/bin";

        Assert.Empty(Check(Api(), _host).Problems);
        var problem = Assert.Single(Check(Api("user: app"), _host).Problems);
        Assert.Equal("MS3002", problem.Code);
        Assert.Contains("found as /root/.nvm/node: user \"app\" may not enter /root", problem.What, StringComparison.Ordinal);
    }

    [Fact]
    public void A_user_must_exist_and_needs_root()
    {
        Assert.Equal("MS3010", Ids(Check(Api("user: nobody-here"), _host).Problems));

        _host.Self = new HostUser("app", 1000, [1000]);
        _host.AddFolder("/var/lib/mainstay", owner: 1000);
        Assert.Equal("MS3011", Ids(Check(Api("user: other"), _host).Problems));
        Assert.Empty(Check(Api("user: app"), _host).Problems);
    }

    [Fact]
    public void More_open_files_than_there_are_is_told() => Assert.Equal("MS3012", Ids(Check(Api("resources: { open_files: 2000000 }"), _host).Problems));

    [Fact]
    public void Limits_that_only_we_can_keep_are_a_notice_said_once()
    {
        _host.MissingLimits = "cgroup v2 is not mounted";

        Assert.Empty(Check(Api(), _host).Notices);
        Assert.Equal(
            ["memory limits are kept by watching and cpu limits are not enforced on this host: cgroup v2 is not mounted"],
            Check(Api("resources: { memory: 100MB, cpus: 1.0 }"), _host).Notices);
    }

    [Theory]
    [InlineData(99_000_000, "MS3040", false)]
    [InlineData(500_000_000, "MS3041", true)]
    [InlineData(2_000_000_000, "", true)]
    public void The_disk_of_the_home_must_have_room(long free, string codes, bool ok)
    {
        _host.Free = free;
        var report = Check(Api(), _host);
        Assert.Equal((codes, ok), (Ids(report.Problems), report.Ok));
    }

    [Fact]
    public void A_home_that_cannot_be_written_is_told()
    {
        _host.Self = new HostUser("app", 1000, [1000]);
        Assert.Equal("MS3042", Ids(Check(Api(), _host).Problems));

        _host.AddFile("/var/lib/mainstay");
        Assert.Contains("is not a folder", Assert.Single(Check(Api(), _host).Problems).What, StringComparison.Ordinal);
    }
}
