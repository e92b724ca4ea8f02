using static Mainstay.Preflight.Tests.Shop;

namespace Mainstay.Preflight.Tests;

/// <summary>What comes with a release is not looked for before there is one; everything else is.</summary>
public sealed class ServiceWithSourceTests
{
    private const string Source = "source: { git: . }";

    private readonly FakeHost _host = NewHost();

    [Theory]
    [InlineData("command: [ node, dist/server.js ]")]
    [InlineData("command: [ ./run.sh ]")]
    [InlineData("command: [ bin/run ]", "healthcheck: { command: [ ./check.sh ] }")]
    [InlineData("env_schema: { CERT: { type: file } }", "environment: { CERT: tls/cert.txt }")]
    public void Its_directory_and_the_files_in_it_come_later(params string[] lines)
    {
        _host.Remove("/srv/shop/api");

        Assert.Empty(Check(Api([Source, .. lines]), _host).Problems);
    }

    [Theory]
    [InlineData("command: [ nodde ]", "MS3001")]
    [InlineData("command: [ /opt/none ]", "MS3001")]
    [InlineData("build: [ npmm ci ]", "MS3001")]
    [InlineData("migrate: migratee up", "MS3001")]
    [InlineData("backup: { command: [ pg_dumpp ] }", "MS3001")]
    [InlineData("deploy: { verify: [ { command: curll } ] }", "MS3001")]
    [InlineData("user: nobody-here", "MS3010")]
    [InlineData("env_file: none.env", "MS2006")]
    [InlineData("env_schema: { A: { required: true } }", "MS2010")]
    [InlineData("env_schema: { CERT: { type: file } }\n    environment: { CERT: /etc/none }", "MS2021")]
    public void What_the_host_must_have_is_looked_for_now(string line, string code)
    {
        var problem = Assert.Single(Check(Api(Source, line), _host).Problems);

        Assert.Equal(code, problem.Code);
    }

    [Fact]
    public void The_program_of_a_build_is_called_so()
    {
        var problem = Assert.Single(Check(Api(Source, "build: [ node -v, npmm ci ]"), _host).Problems);

        Assert.StartsWith("the build of service \"api\" runs \"npmm\", which is in none of the folders of PATH", problem.What, StringComparison.Ordinal);
        Assert.Equal("services.api.build[1]", problem.Where.Path);
    }

    [Fact]
    public void A_port_is_asked_for_with_a_source_too()
    {
        _host.Hold("0.0.0.0", 3000, new Mainstay.Linux.Proc.Ports.RunBy.Nobody(), "nginx");

        Assert.Equal("MS3020", Ids(Check(Api(Source, "port: 3000"), _host).Problems));
    }

    [Theory]
    [InlineData("command: [ node, /srv/live/server.js ]")]
    [InlineData("command: [ node, --require, ./hook.js, /srv/live/server.js ]")]
    [InlineData("command: [ sh, -c, \"cd x && exec node /srv/live/server.js\" ]")]
    [InlineData("command: A=1 node '/srv/live/server.js' | tee log\n    shell: true")]
    [InlineData("command: [ /srv/live/server.js ]")]
    public void A_command_that_names_code_outside_of_every_release_is_an_error(string line)
    {
        _host.AddFolder("/srv/live");
        _host.AddFile("/srv/live/server.js", 0b111_101_101);

        var problem = Assert.Single(Check(Api(Source, line), _host).Problems, p => p.Code.StartsWith("MS6", StringComparison.Ordinal));

        Assert.Equal(("MS6005", "services.api.command"), (problem.Code, problem.Where.Path));
        Assert.Contains("/srv/live/server.js", problem.What, StringComparison.Ordinal);
    }

    [Fact]
    public void The_working_tree_counts_wherever_it_lies()
    {
        _host.AddFile("/opt/shop/server.js");

        Assert.Contains("MS6005", Ids(Check(Api("source: { git: /opt/shop }", "command: [ node, /opt/shop/server.js ]"), _host).Problems), StringComparison.Ordinal);
        Assert.DoesNotContain("MS6005", Ids(Check(Api("source: { git: /srv/x }", "command: [ node, /opt/shop/server.js ]"), _host).Problems), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("command: [ node, server.js, --config, /srv/live/settings.js ]")]
    [InlineData("command: [ /usr/bin/node, server.js ]")]
    [InlineData("command: [ /srv/live/bin/node, server.js ]")]
    [InlineData("command: [ /srv/live/bin/node, /srv/live/bin/tool ]")]
    [InlineData("command: \"cp /srv/live/settings.js . && node server.js\"\n    shell: true")]
    public void Data_and_interpreters_may_lie_anywhere(string line)
    {
        foreach (var file in (string[])["/srv/live/settings.js", "/srv/live/bin/node", "/srv/live/bin/tool"])
        {
            _host.AddFile(file, 0b111_101_101);
        }

        Assert.DoesNotContain("MS6005", Ids(Check(Api(Source, line), _host).Problems), StringComparison.Ordinal);
    }

    [Fact]
    public void Without_a_source_there_is_nothing_to_be_outside_of()
    {
        _host.AddFile("/srv/live/server.js");

        Assert.Empty(Check(Api("command: [ node, /srv/live/server.js ]"), _host).Problems);
    }
}
