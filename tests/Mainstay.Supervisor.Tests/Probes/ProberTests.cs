using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Mainstay.Linux.Polling;
using Mainstay.Linux.Proc;
using Mainstay.Linux.Processes;
using Mainstay.Spec.Model;
using Mainstay.Supervisor.Ports;
using Mainstay.Supervisor.Probes;

namespace Mainstay.Supervisor.Tests.Probes;

public sealed class ProberTests : IDisposable
{
    private static readonly TimeSpan Patient = TimeSpan.FromSeconds(20);

    private readonly string _directory = Directory.CreateTempSubdirectory("mainstay-probe-").FullName;
    private readonly EventLoop _loop = new(e => Assert.Fail(e.ToString()));
    private readonly Prober _prober;

    public ProberTests() =>
        _prober = new Prober(new Spawner(Path.Combine(_directory, "gates")), _loop, new ProcScanner(TimeProvider.System, "MAINSTAY_RUN"), TimeProvider.System);

    public void Dispose()
    {
        _prober.Dispose();
        _loop.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    [Fact]
    public async Task An_http_probe_sends_what_the_manifest_says()
    {
        using var service = new Service("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
        var result = await ProbeAsync(Http("/health?deep=1", ("x-tenant-id", "dev")), service.Port);

        Assert.Equal((ProbeOutcome.Passed, "status 200"), (result.Outcome, result.Detail));
        var request = await service.RequestAsync();
        Assert.StartsWith("GET /health?deep=1 HTTP/1.1\r\nHost: 127.0.0.1:", request, StringComparison.Ordinal);
        Assert.Contains("\r\nx-tenant-id: dev\r\n", request, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_redirect_is_told_with_where_it_leads()
    {
        using var service = new Service(
            "HTTP/1.1 302 Found\r\nLocation: /login\r\nContent-Length: 0\r\n\r\n",
            "HTTP/1.1 302 Found\r\nLocation: /health\r\nContent-Length: 0\r\n\r\n");
        var result = await ProbeAsync(Http("/health"), service.Port);
        Assert.Equal((ProbeOutcome.Redirected, "/health -> 302 /login -> 302 /health (a loop)"), (result.Outcome, result.Detail));
    }

    [Fact]
    public async Task A_redirect_to_elsewhere_is_not_followed()
    {
        using var service = new Service("HTTP/1.1 301 Moved\r\nLocation: https://example.com/\r\n\r\n");
        Assert.Equal("/health -> 301 https://example.com/ (not followed: another address)", (await ProbeAsync(Http("/health"), service.Port)).Detail);
    }

    [Fact]
    public async Task Nobody_there_is_refused()
    {
        var port = Free();
        foreach (ProbeSpec probe in new ProbeSpec[] { Http("/"), new TcpProbeSpec() })
        {
            var result = await ProbeAsync(probe, port);
            Assert.Equal((ProbeOutcome.Refused, $"connection refused on 127.0.0.1:{port}"), (result.Outcome, result.Detail));
        }
    }

    [Fact]
    public async Task A_service_on_the_IPv6_loopback_only_is_named()
    {
        Assert.SkipUnless(Socket.OSSupportsIPv6, "this host has no IPv6");
        using var listener = new TcpListener(IPAddress.IPv6Loopback, 0);
        listener.Server.DualMode = false;
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        var result = await ProbeAsync(new TcpProbeSpec(), port);
        Assert.Equal(ProbeOutcome.Refused, result.Outcome);
        Assert.Contains($"[::1]:{port} only", result.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_service_that_accepts_and_says_nothing_times_out()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        var result = await ProbeAsync(Http("/"), port, TimeSpan.FromMilliseconds(50));
        Assert.Equal((ProbeOutcome.TimedOut, "connected, but no answer within 0.05 s"), (result.Outcome, result.Detail));
        Assert.Equal(ProbeOutcome.Passed, (await ProbeAsync(new TcpProbeSpec(), port)).Outcome);
    }

    [Theory]
    [InlineData("", "closed the connection without an answer")]
    [InlineData("\u0015\u0003\u0001\u0000\u0002\u0002\u0016", "speaks TLS, not plain HTTP")]
    [InlineData("-ERR unknown command\r\n", "answered something that is not HTTP/1: -ERR unknown command")]
    public async Task An_answer_that_is_none_is_described(string bytes, string detail)
    {
        using var service = new Service(bytes);
        var result = await ProbeAsync(Http("/"), service.Port);
        Assert.Equal(ProbeOutcome.Broken, result.Outcome);
        Assert.EndsWith(detail, result.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("exit 0", ProbeOutcome.Passed, "exit code 0")]
    [InlineData("echo no database; exit 3", ProbeOutcome.CommandFailed, "exit code 3: no database")]
    [InlineData("kill -SEGV $$", ProbeOutcome.CommandFailed, "killed by SIGSEGV")]
    [InlineData("echo $COLOUR; pwd >&2; exit 1", ProbeOutcome.CommandFailed, "exit code 1: blue /")]
    [InlineData("head -c 500000 /dev/zero | tr '\\0' x; exit 1", ProbeOutcome.CommandFailed, "exit code 1: xxx")]
    public async Task A_command_is_well_when_it_exits_with_0(string script, ProbeOutcome outcome, string detail)
    {
        var result = await ProbeAsync(Command(script), null);
        Assert.Equal(outcome, result.Outcome);
        Assert.StartsWith(detail, result.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_command_that_is_not_there_is_named()
    {
        var result = await ProbeAsync(new CommandProbeSpec(new CommandSpec(["no-such-program"], false, SourceSpan.None)), null);
        Assert.Equal(ProbeOutcome.CommandFailed, result.Outcome);
        Assert.Contains("no-such-program", result.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_command_that_does_not_end_is_killed_with_all_it_started()
    {
        var result = await ProbeAsync(Command("sleep 600 & echo $!; wait"), null, TimeSpan.FromMilliseconds(500));
        Assert.Equal(ProbeOutcome.TimedOut, result.Outcome);
        Assert.StartsWith("did not end within 0.5 s and was killed: ", result.Detail, StringComparison.Ordinal);
        var child = int.Parse(result.Detail.Split(' ')[^1]);
        Assert.True(ProcStat.Read(child) is null or { IsDead: true });
    }

    [Fact]
    public async Task A_probe_that_is_given_up_says_so_and_does_not_throw()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var cancel = new CancellationTokenSource();
        var probe = _prober.ProbeAsync(Target(Http("/"), ((IPEndPoint)listener.LocalEndpoint).Port, Patient), cancel.Token);
        await cancel.CancelAsync();
        Assert.Equal(ProbeOutcome.Broken, (await probe).Outcome);
    }

    [Fact]
    public async Task A_header_cannot_smuggle_a_second_request() =>
        Assert.Equal(ProbeOutcome.Broken, (await ProbeAsync(Http("/", ("x", "1\r\n\r\nGET /admin HTTP/1.1")), 1)).Outcome);

    [Fact]
    public async Task What_others_run_is_asked_the_same_way()
    {
        using var service = new Service("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        using var prober = new ExternalProber(TimeProvider.System);
        var gone = Free();
        Assert.Equal(ProbeOutcome.Passed, (await prober.ProbeAsync(External($"127.0.0.1:{service.Port}", null), Token)).Outcome);
        Assert.Equal(ProbeOutcome.Refused, (await prober.ProbeAsync(External($"127.0.0.1:{gone}", null), Token)).Outcome);
        Assert.Equal(ProbeOutcome.Refused, (await prober.ProbeAsync(External(null, new Uri($"http://127.0.0.1:{gone}/")), Token)).Outcome);
    }

    [Fact]
    public async Task An_external_http_address_must_answer_2xx()
    {
        using var service = new Service("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", "HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n");
        using var prober = new ExternalProber(TimeProvider.System);
        var external = External(null, new Uri($"http://127.0.0.1:{service.Port}/"));
        Assert.Equal(ProbeOutcome.Passed, (await prober.ProbeAsync(external, Token)).Outcome);
        Assert.Equal(ProbeOutcome.WrongStatus, (await prober.ProbeAsync(external, Token)).Outcome);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static ExternalSpec External(string? tcp, Uri? http) => new(new ServiceName("redis"), tcp, http, Patient, Patient, SourceSpan.None);

    private static HttpProbeSpec Http(string path, params (string Name, string Value)[] headers) =>
        new(path, headers.ToImmutableSortedDictionary(h => h.Name, h => h.Value), ExpectSpec.Default);

    private static CommandProbeSpec Command(string script) => new(new CommandSpec([script], true, SourceSpan.None));

    private static ProbeTarget Target(ProbeSpec probe, int? port, TimeSpan timeout) =>
        new(probe, timeout, port, "/", new Dictionary<string, string> { ["PATH"] = "/usr/bin:/bin", ["COLOUR"] = "blue" }.ToImmutableSortedDictionary(), null);

    private Task<ProbeResult> ProbeAsync(ProbeSpec probe, int? port, TimeSpan? timeout = null) => _prober.ProbeAsync(Target(probe, port, timeout ?? Patient), Token);

    private static int Free()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>Answers one connection after the other with the given bytes.</summary>
    private sealed class Service : IDisposable
    {
        private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
        private readonly TaskCompletionSource<string> _request = new();
        private readonly Task _serving;

        public Service(params string[] answers)
        {
            _listener.Start();
            _serving = ServeAsync(answers);
        }

        public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

        public Task<string> RequestAsync() => _request.Task;

        public void Dispose() => _listener.Dispose();

        private async Task ServeAsync(string[] answers)
        {
            foreach (var answer in answers)
            {
                using var client = await _listener.AcceptTcpClientAsync(Token);
                var stream = client.GetStream();
                var buffer = new byte[4096];
                var read = await stream.ReadAsync(buffer, Token);
                _request.TrySetResult(Encoding.ASCII.GetString(buffer, 0, read));
                await stream.WriteAsync(Encoding.Latin1.GetBytes(answer), Token);
            }
        }
    }
}
