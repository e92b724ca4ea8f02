using Mainstay.Preflight.Host;
using Mainstay.Preflight.Variables;
using static Mainstay.Preflight.Tests.Shop;

namespace Mainstay.Preflight.Tests;

public sealed class EnvironmentTests
{
    private readonly FakeHost _host = NewHost();

    [Fact]
    public void Later_files_win_over_earlier_ones_the_manifest_over_all_and_defaults_fill_what_is_left()
    {
        _host.AddFile("/srv/shop/one.env", text: "A=1\nB=1\nC=1\nD=\n");
        _host.AddFile("/srv/shop/two.env", text: "B=2\nC=2\n");
        var stack = Api("env_file: [ one.env, two.env ]", "environment: { C: \"3\" }", "env_schema: { D: { default: four }, E: { default: five }, A: { default: no } }");

        var resolved = Check(stack, _host).Environments[new("api")];

        Assert.Equal("A=1 B=2 C=3 D=four E=five", string.Join(' ', resolved.Variables.Select(v => $"{v.Key}={v.Value}")));
        Assert.Equal(("one.env", 1), (resolved.SetAt["A"].File, resolved.SetAt["A"].Line));
        Assert.Equal(("two.env", 1), (resolved.SetAt["B"].File, resolved.SetAt["B"].Line));
        Assert.Equal("services.api.environment.C", resolved.SetAt["C"].Path);
    }

    [Theory]
    [InlineData(0b110_000_000, 0, "", "")]
    [InlineData(0b100_000_000, 1000, "user: app", "")]
    [InlineData(0b110_100_000, 0, "MS2008", "its group can use it")]
    [InlineData(0b110_100_100, 0, "MS2008", "every user can read it")]
    [InlineData(0b110_110_110, 0, "MS2008", "other users can change it")]
    [InlineData(0b110_000_000, 1001, "MS2009", "belongs to user \"other\"")]
    public void An_env_file_is_for_its_owner_and_the_owner_is_us_or_the_service(int mode, uint owner, string codes, string what)
    {
        _host.AddFile("/srv/shop/api.env", mode, "A=1\n", owner);
        var userLine = codes.StartsWith("user", StringComparison.Ordinal);

        var problems = Check(userLine ? Api("env_file: [ api.env ]", codes) : Api("env_file: [ api.env ]"), _host).Problems;

        Assert.Equal(userLine ? "" : codes, Ids(problems));
        Assert.All(problems, p => Assert.Contains(what, p.What, StringComparison.Ordinal));
    }

    [Fact]
    public void An_env_file_that_is_not_there_or_not_readable_lines_is_told()
    {
        Assert.Equal("MS2006", Ids(Check(Api("env_file: [ api.env ]"), _host).Problems));

        _host.AddFile("/srv/shop/api.env", text: "A=1\nnonsense\n");
        var problem = Assert.Single(Check(Api("env_file: [ api.env ]"), _host).Problems);
        Assert.Equal(("api.env", 2), (problem.Where.File, problem.Where.Line));
    }

    [Fact]
    public void Port_is_known_to_the_schema_as_Mainstay_will_set_it()
    {
        const string Schema = "env_schema: { PORT: { type: port, required: true, min: 4000 }, MAINSTAY_SERVICE: { required: true }, PATH: { required: true } }";

        Assert.Empty(Check(Api("port: auto", Schema), _host).Problems);
        Assert.Equal("MS2012", Ids(Check(Api("port: 3000", Schema), _host).Problems));
        Assert.Equal("MS2010", Ids(Check(Api(Schema), _host).Problems));
    }

    [Theory]
    [InlineData("port: 18112", "env_schema: { PORTX: { type: port } }", "")]
    [InlineData("port: auto", "env_schema: { PORTX: { type: port } }", "")]
    [InlineData("environment: { PATH: /usr/bin }", "env_schema: { PATHS: { type: string } }", "")]
    [InlineData("environment: { PORT: \"3000\" }", "env_schema: { PORTX: { type: port } }", "MS2024")]
    public void Variables_that_Mainstay_provides_are_no_misspellings(string line, string schema, string codes) =>
        Assert.Equal(codes, Ids(Check(Api(line, schema), _host).Problems));

    [Fact]
    public void A_missing_variable_is_not_explained_by_the_PORT_that_Mainstay_sets()
    {
        var problem = Assert.Single(Check(Api("port: 18112", "env_schema: { PORTX: { type: port, required: true } }"), _host).Problems);
        Assert.Equal("MS2010", problem.Code);
        Assert.StartsWith("set PORTX in an env_file", problem.Fix, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_in_a_variable_is_looked_at_with_the_eyes_of_the_services_user()
    {
        _host.AddFile("/srv/shop/api/key.pem", 0b110_000_000);
        const string Schema = "env_schema: { KEY_PATH: { type: file } }";

        Assert.Empty(Check(Api("environment: { KEY_PATH: key.pem }", Schema), _host).Problems);
        Assert.Equal("MS2021", Ids(Check(Api("environment: { KEY_PATH: key.pem }", Schema, "user: app"), _host).Problems));
        Assert.Equal("MS2021", Ids(Check(Api("environment: { KEY_PATH: nowhere.pem }", Schema), _host).Problems));
    }

    [Fact]
    public void Permission_bits_are_read_like_the_kernel_reads_them()
    {
        _host.AddFile("/srv/f", 0b000_100_110, owner: 1000);
        Assert.NotNull(PathAccess.WhyNot(_host, new("app", 1000, [1000]), "/srv/f", Want.Read));
        Assert.Null(PathAccess.WhyNot(_host, new("other", 1001, [1000]), "/srv/f", Want.Read));
        Assert.NotNull(PathAccess.WhyNot(_host, new("other", 1001, [1000]), "/srv/f", Want.Write));
        Assert.Null(PathAccess.WhyNot(_host, new("third", 1002, [1002]), "/srv/f", Want.Read | Want.Write));
        Assert.Null(PathAccess.WhyNot(_host, new("root", 0, []), "/srv/f", Want.Read | Want.Write));
        Assert.NotNull(PathAccess.WhyNot(_host, new("root", 0, []), "/srv/f", Want.Execute));
    }
}
