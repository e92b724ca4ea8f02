using Mainstay.Linux.Proc.Ports;
using Mainstay.Spec.Problems;
using Mainstay.Testing;
using static Mainstay.Preflight.Tests.Shop;

namespace Mainstay.Preflight.Tests;

/// <summary>What a user sees who got everything wrong at once.</summary>
public sealed class BadEnvironmentScreenTests
{
    private const string Yaml = """
        stack: shop
        edge:
          listen: [ "http://127.0.0.1:8080" ]
        services:
          api:
            directory: api
            command: [ node, dist/server.js ]
            port: 3000
            env_file: [ api.env ]
            environment: { PUBSUB_ADAPTER: redis_streams, ACK_INTERVAL: "0" }
            env_schema:
              REDIS_URL: { type: url, schemes: [ redis, rediss ], required_if: PUBSUB_ADAPTER=redis_streams, description: where events go, example: "redis://127.0.0.1:6379" }
              ACK_INTERVAL: { type: int, min: 1, max: 1000 }
              BUFFER_DURATION: { type: duration, default: 3s }
              JWT_PUBLIC_KEY: { type: pem, required_unless: SUPPORT_EXOTEL=true }
              SESSION_SECRET: { type: secret, min_length: 32 }
              SSL_KEY_PATH: { type: file, together_with: [ SSL_CERT_PATH ] }
          worker:
            directory: worker
            command: [ python4, main.py ]
            env_file: [ worker.env ]
            user: nobody-here
        routes: [ { path: /, service: api } ]
        """;

    [Fact]
    public void Everything_wrong_is_on_one_screen()
    {
        var host = NewHost();
        host.AddFile("/srv/shop/api.env", 0b110_100_100, "REDIS_ULR=redis://:hunter2@cache\nSESSION_SECRET=abcdefg\nSSL_KEY_PATH=/etc/tls/key.pem\nADMIN_PASSWORD=changeme\n");
        host.AddFolder("/srv/shop/worker");
        host.AddFile("/srv/shop/worker.env", text: "DB_TOKEN=\"unfinished\nDEBUG\n");
        host.Hold("::", 3000, new RunBy.Pm2("proxy-server", "/root/.pm2"), "node", "/srv/proxy/dist/index.js");
        host.Free = 700_000_000;

        var report = Check(Stack(Yaml), host);

        Golden.Match(string.Concat(report.Problems.Select(p => $"{p}\n")), "bad-environment.txt");
        Assert.False(report.Ok);
        Assert.All(report.Problems, p => Assert.NotNull(ProblemCatalog.Find(p.Code)));
    }
}
