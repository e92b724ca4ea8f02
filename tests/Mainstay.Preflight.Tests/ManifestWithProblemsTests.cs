using static Mainstay.Preflight.Tests.Shop;

namespace Mainstay.Preflight.Tests;

/// <summary>A problem of the manifest hides none of the host, and makes up none.</summary>
public sealed class ManifestWithProblemsTests
{
    private readonly FakeHost _host = NewHost();

    [Fact]
    public void Services_beside_a_broken_one_are_checked()
    {
        Assert.Equal("MS3010 MS3004 MS3001", Codes("""
            stack: shop
            services:
              broken: [ node ]
              api: { command: [ nodde ], directory: nowhere, user: nobody-here, depends_on: [ broken, typo ] }
            """));
    }

    [Theory]
    [InlineData("port: 99999, directory: nowhere", "MS3004")]
    [InlineData("port: 99999, env_file: [ no.env ]", "MS2006")]
    [InlineData("port: 99999, env_schema: { PORT: { type: port, required: true }, TOKEN: { type: int, required: true } }", "MS2010")]
    [InlineData("healthcheck: { http: nonsense }, env_schema: { PORT: { type: port, required: true } }", "")]
    [InlineData("environment: { TOKEN: \"${NOT_SET}\" }, env_schema: { TOKEN: { required: true }, OTHER: { required: true } }", "MS2010")]
    [InlineData("environment: [ TOKEN=x ], env_schema: { TOKEN: { required: true } }", "")]
    [InlineData("enviroment: { TOKEN: x }, env_schema: { TOKEN: { required: true } }", "")]
    [InlineData("env_file: { a: b }, env_schema: { TOKEN: { required: true } }", "")]
    [InlineData("user: { name: app }, directory: private", "")]
    [InlineData("directory: ~/api, environment: { KEY: key.pem }, env_schema: { KEY: { type: file } }", "")]
    [InlineData("directory: ~/api, user: nobody-here", "MS3010")]
    public void Of_a_service_with_a_problem_what_was_read_is_checked(string keys, string codes)
    {
        _host.AddFolder("/srv/shop/private", 0b111_000_000, owner: 1001);
        Assert.Equal(codes, Codes($"stack: shop\nservices:\n  api: {{ command: [ node ], {keys} }}\n"));
    }

    [Theory]
    [InlineData("command: { node: 1 }", "")]
    [InlineData("command: [ nodde ], environment: { PATH: \"${NOT_SET}\" }", "")]
    [InlineData("command: [ ./run.sh ], directory: ~/api", "")]
    [InlineData("command: [ /opt/run.sh ], directory: ~/api", "MS3001")]
    [InlineData("command: [ nodde ], directory: ~/api", "MS3001")]
    public void A_program_is_looked_for_where_it_is_known_to_be(string keys, string codes) =>
        Assert.Equal(codes, Codes($"stack: shop\nservices:\n  api: {{ {keys}, colour: red }}\n"));

    [Fact]
    public void A_route_that_cannot_be_read_may_be_the_one_that_gives_a_service_its_port() =>
        Assert.Equal("", Codes("stack: shop\nedge: { listen: \"http://127.0.0.1:80\" }\nservices: { api: { command: [ node ], env_schema: { PORT: { required: true } } } }\nroutes: [ { path: api, servce: api } ]\n"));

    [Fact]
    public void A_certificate_without_its_key_is_not_looked_for() =>
        Assert.Equal("", Codes("stack: shop\nedge: { listen: \"https://127.0.0.1:443\", certificates: [ { host: a.b, cert: c.pem } ] }\nservices: { api: { command: [ node ] } }\n"));

    [Fact]
    public void A_port_held_by_a_service_that_cannot_be_read_is_no_stranger_s()
    {
        _host.Hold("127.0.0.1", 3000, new Linux.Proc.Ports.RunBy.Mainstay("shop", "old"), "node");
        Assert.Equal("", Codes("stack: shop\nservices: { api: { command: [ node ], port: 3000 }, old: [ node ] }\n"));
        Assert.Equal("MS3020", Codes("stack: shop\nservices: { api: { command: [ node ], port: 3000 }, other: [ node ] }\n"));
    }

    private string Codes(string yaml)
    {
        var read = Read(yaml);
        Assert.Null(read.Stack);
        return Ids(Check(read.Readable!, _host).Problems);
    }
}
