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
}
