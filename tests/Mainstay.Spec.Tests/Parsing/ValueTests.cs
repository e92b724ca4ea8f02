using FsCheck;
using FsCheck.Fluent;
using Mainstay.Spec.Model;
using Mainstay.Spec.Parsing;

namespace Mainstay.Spec.Tests.Parsing;

public sealed class ValueTests
{
    [Theory]
    [InlineData("250ms", 250)]
    [InlineData("10s", 10_000)]
    [InlineData("1m30s", 90_000)]
    [InlineData("1.5h", 5_400_000)]
    [InlineData("2h", 7_200_000)]
    [InlineData("1d", 86_400_000)]
    [InlineData("0", 0)]
    [InlineData("0s", 0)]
    public void Durations_are_those_of_compose(string text, double milliseconds)
    {
        Assert.True(DurationText.TryParse(text, out var duration));
        Assert.Equal(milliseconds, duration.TotalMilliseconds);
    }

    [Theory]
    [InlineData("")]
    [InlineData("10")]
    [InlineData("s")]
    [InlineData("-1s")]
    [InlineData("1 s")]
    [InlineData("1s ")]
    [InlineData("1..5s")]
    [InlineData("1e3s")]
    [InlineData("1w")]
    [InlineData("99999999999999999d")]
    [InlineData("36500d1s")]
    [InlineData("1S")]
    public void Anything_else_is_no_duration(string text) => Assert.False(DurationText.TryParse(text, out _));

    [Fact]
    public void A_duration_reads_back_as_it_was_shown() => Prop.ForAll(
        Gen.Choose(0, int.MaxValue).Select(ms => TimeSpan.FromMilliseconds(ms)).ToArbitrary(),
        duration => DurationText.TryParse(DurationText.Format(duration), out var again) && again == duration).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("500MB", 500_000_000)]
    [InlineData("64MiB", 67_108_864)]
    [InlineData("1.5GB", 1_500_000_000)]
    [InlineData("1kb", 1_000)]
    [InlineData("2 TiB", 2_199_023_255_552)]
    [InlineData("123", 123)]
    [InlineData("123B", 123)]
    public void Sizes_count_in_thousands_unless_they_say_so(string text, long bytes)
    {
        Assert.True(SizeText.TryParse(text, out var size));
        Assert.Equal(bytes, size);
    }

    [Theory]
    [InlineData("")]
    [InlineData("MB")]
    [InlineData("500M")]
    [InlineData("-1MB")]
    [InlineData("1e3MB")]
    [InlineData("99999999999TB")]
    public void Anything_else_is_no_size(string text) => Assert.False(SizeText.TryParse(text, out _));

    [Fact]
    public void A_size_reads_back_as_it_was_shown() => Prop.ForAll(
        Gen.Choose(0, int.MaxValue).Select(n => n * 1000L).ToArbitrary(),
        size => SizeText.TryParse(SizeText.Format(size), out var again) && again == size).QuickCheckThrowOnFailure();

    [Fact]
    public void An_environment_keeps_the_text_as_written()
    {
        var environment = Manifest.Service("environment: { A: on, B: 0777, C: 1.10, D: null, E: ~, F: \"\", G: 'a b', H: true, I: 1e3, J: 2026-11-22 }").Environment;

        Assert.Equal("A=on B=0777 C=1.10 D=null E=~ F= G=a b H=true I=1e3 J=2026-11-22", string.Join(' ', environment.Select(e => $"{e.Key}={e.Value}")));
    }

    [Theory]
    [InlineData("200", "200-200")]
    [InlineData("200-299", "200-299")]
    [InlineData("[ 200, 301-302 ]", "200-200 301-302")]
    public void An_expected_status_is_one_or_a_range_or_a_list(string written, string expected)
    {
        var probe = (HttpProbeSpec)Manifest.Service($"healthcheck: {{ http: /, expect: {{ status: {written} }} }}").Healthcheck!.Probe;

        Assert.Equal(expected, string.Join(' ', probe.Expect.Status.Select(s => $"{s.From}-{s.To}")));
    }

    [Fact]
    public void An_expected_JSON_value_may_lie_deeper()
    {
        var probe = (HttpProbeSpec)Manifest.Service("healthcheck: { http: /, expect: { json: { status: healthy, db.ok: true, queue: { depth: 0 } }, body_contains: ok } }").Healthcheck!.Probe;

        Assert.Equal("db.ok=true queue.depth=0 status=healthy", string.Join(' ', probe.Expect.Json.Select(e => $"{e.Key}={e.Value}")));
        Assert.Equal("ok", probe.Expect.BodyContains);
    }

    [Theory]
    [InlineData("SIGINT", "SIGINT")]
    [InlineData("int", "SIGINT")]
    [InlineData("Quit", "SIGQUIT")]
    public void A_signal_may_be_written_as_kill_does(string written, string expected) =>
        Assert.Equal(expected, Manifest.Service($"stop: {{ signal: {written} }}").Stop.Signal);

    [Theory]
    [InlineData("park", null)]
    [InlineData("retry_every 5m", 5)]
    [InlineData("{ retry_every: 7m }", 7)]
    public void What_follows_the_restart_limit_is_said_in_words(string written, int? minutes) =>
        Assert.Equal(minutes, Manifest.Service($"restart: {{ after_limit: {written} }}").Restart.RetryEvery?.TotalMinutes);

    [Theory]
    [InlineData("restart: never", RestartKind.Never)]
    [InlineData("restart: \"no\"", RestartKind.Never)]
    [InlineData("restart: no", RestartKind.Never)]
    [InlineData("restart: on-failure", RestartKind.OnFailure)]
    [InlineData("restart: unless-stopped", RestartKind.Always)]
    [InlineData("restart: { policy: on-failure }", RestartKind.OnFailure)]
    public void A_restart_policy_may_stand_alone_as_in_compose(string line, RestartKind policy) => Assert.Equal(policy, Manifest.Service(line).Restart.Policy);

    [Theory]
    [InlineData("http://127.0.0.1:8080", "http://127.0.0.1:8080")]
    [InlineData("http://127.0.0.1:8080/", "http://127.0.0.1:8080")]
    [InlineData("http://localhost:80", "http://127.0.0.1:80")]
    [InlineData("http://[::1]:8080", "http://[::1]:8080")]
    [InlineData("HTTP://0.0.0.0:1", "http://0.0.0.0:1")]
    public void The_edge_listens_on_an_address_and_a_port(string written, string expected) =>
        Assert.Equal(expected, Manifest.Stack(Manifest.With() + $"edge: {{ listen: [ \"{written}\" ] }}\n").Edge.Listen[0].ToString());

    [Theory]
    [InlineData("8080", "write \"http://127.0.0.1:8080\"")]
    [InlineData("127.0.0.1:8080", "write \"http://127.0.0.1:8080\" or \"https://127.0.0.1:8080\"")]
    [InlineData("http://*:80", "write \"http://0.0.0.0:80\"")]
    [InlineData("http://:80", "write \"http://0.0.0.0:80\"")]
    [InlineData("http://127.0.0.1", "add a port from 1 to 65535, for example \"http://127.0.0.1:8080\"")]
    [InlineData("http://127.0.0.1:0", "add a port from 1 to 65535")]
    [InlineData("http://127.0.0.1:70000", "add a port from 1 to 65535")]
    [InlineData("http://example.com:80", "write an IP address")]
    [InlineData("http://127.1:80", "write an IP address")]
    [InlineData("http://::1", "put the address into brackets")]
    [InlineData("tcp://127.0.0.1:80", "write http:// or https://")]
    [InlineData("http://127.0.0.1:80/api", "remove the path")]
    [InlineData("unix:/run/x.sock", "write an IP address and a port; the edge does not listen on unix sockets")]
    public void A_wrong_address_gets_the_right_hint(string written, string hint)
    {
        var problem = Manifest.OnlyProblem(Manifest.With() + $"edge: {{ listen: [ \"{written}\" ] }}\n");

        Assert.Equal("MS1017", problem.Code);
        Assert.StartsWith(hint, problem.Fix, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("10.0.0.0/8", "10.0.0.0/8")]
    [InlineData("10.1.2.3", "10.1.2.3/32")]
    [InlineData("\"::1\"", "::1/128")]
    [InlineData("fd00::/8", "fd00::/8")]
    public void A_trusted_proxy_always_has_a_prefix_length(string written, string expected) =>
        Assert.Equal(expected, Manifest.Stack(Manifest.With() + $"edge: {{ trusted_proxies: [ {written} ] }}\n").Edge.TrustedProxies[0]);

    [Theory]
    [InlineData("10.1.2.3/8", "write \"10.0.0.0/8\"; the bits behind the prefix must be zero")]
    [InlineData("10.0.0.0/33", "write a prefix length of at most 32")]
    [InlineData("localhost", "write an address or a network such as 10.0.0.0/8, for example 10.0.0.0/8")]
    public void A_wrong_network_gets_the_right_hint(string written, string hint) =>
        Assert.Equal(hint, Manifest.OnlyProblem(Manifest.With() + $"edge: {{ trusted_proxies: [ {written} ] }}\n").Fix);

    [Fact]
    public void Paths_are_absolute_and_hosts_lower_case()
    {
        var stack = Manifest.Stack("""
            stack: s
            edge: { listen: "https://127.0.0.1:443", certificates: [ { host: "*.Example.com", cert: ../tls/a.pem, key: /etc/key.pem } ], error_pages: errors }
            services: { api: { command: [ node ], directory: ./a/../api, env_file: one.env } }
            routes: [ { host: API.example.com, path: /v1/, service: api, timeout: 0 } ]
            """);

        Assert.Equal(("*.example.com", "/srv/tls/a.pem", "/etc/key.pem", "/srv/app/errors"), (stack.Edge.Certificates[0].Host, stack.Edge.Certificates[0].CertFile, stack.Edge.Certificates[0].KeyFile, stack.Edge.ErrorPages));
        Assert.Equal(("/srv/app/api", "/srv/app/one.env"), (stack.Services[0].Directory, stack.Services[0].EnvFiles[0].Path));
        Assert.Equal(("api.example.com", "/v1", TimeSpan.Zero), (stack.Routes[0].Host, stack.Routes[0].Path, stack.Routes[0].Timeout));
    }
}
