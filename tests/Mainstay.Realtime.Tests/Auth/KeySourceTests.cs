using System.Collections.Concurrent;
using System.Text;
using Mainstay.Realtime.Auth;
using Mainstay.Realtime.Auth.Jwt;
using Mainstay.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Mainstay.Realtime.Tests.Auth;

public sealed class KeySourceTests : IDisposable
{
    private const string KidB = """{"alg":"RS256","kid":"b"}""";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("mainstay-auth-");
    private readonly ManualTimeProvider _clock = new(Forge.Now);
    private readonly FakeFetcher _fetcher = new();

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task An_unknown_kid_fetches_the_set_once_and_then_not_for_30_seconds()
    {
        await using var gate = UrlGate();
        _fetcher.Answers.Enqueue(Forge.Jwks(("a", Forge.Rsa)));
        (await gate.CheckAsync(Forge.Bearer(Forge.Rs256(header: """{"alg":"RS256","kid":"a"}""")), default)).ShouldAdmit();

        _fetcher.Answers.Enqueue(Forge.Jwks(("a", Forge.Rsa), ("b", Forge.OtherRsa)));
        for (var i = 0; i < 20; i++)
        {
            (await gate.CheckAsync(Forge.Bearer(Forge.Rs256(header: KidB, key: Forge.OtherRsa)), default)).ShouldRefuse(Refusal.KeyUnknown);
        }

        Assert.Equal(1, _fetcher.Calls);
        _clock.Advance(JwksSchedule.MinInterval);
        (await gate.CheckAsync(Forge.Bearer(Forge.Rs256(header: KidB, key: Forge.OtherRsa)), default)).ShouldAdmit();
        Assert.Equal(2, _fetcher.Calls);
    }

    [Fact]
    public async Task A_failed_fetch_keeps_the_keys_and_a_good_one_removes_those_that_are_gone()
    {
        await using var gate = UrlGate();
        var token = Forge.Rs256(header: """{"alg":"RS256","kid":"a"}""");
        (await gate.CheckAsync(Forge.Bearer(token), default)).ShouldRefuse(Refusal.KeysUnavailable);

        _clock.Advance(JwksSchedule.MinInterval);
        _fetcher.Answers.Enqueue(Forge.Jwks(("a", Forge.Rsa)));
        (await gate.CheckAsync(Forge.Bearer(token), default)).ShouldAdmit();

        foreach (var bad in new[] { null, "not json", "{\"keys\":[]}", new string(' ', JwksText.MaxBytes + 1) })
        {
            _clock.Advance(JwksSchedule.MinInterval);
            _fetcher.Answers.Enqueue(bad);
            (await gate.CheckAsync(Forge.Bearer(Forge.Rs256(header: KidB)), default)).ShouldRefuse(Refusal.KeyUnknown);
            (await gate.CheckAsync(Forge.Bearer(token), default)).ShouldAdmit();
        }

        _clock.Advance(JwksSchedule.MinInterval);
        _fetcher.Answers.Enqueue(Forge.Jwks(("b", Forge.OtherRsa)));
        (await gate.CheckAsync(Forge.Bearer(Forge.Rs256(header: KidB, key: Forge.OtherRsa)), default)).ShouldAdmit();
        (await gate.CheckAsync(Forge.Bearer(token), default)).ShouldRefuse(Refusal.KeyUnknown);
    }

    [Fact]
    public async Task Many_that_wait_share_one_fetch_and_one_that_hangs_up_does_not_end_it()
    {
        await using var gate = UrlGate();
        var answer = new TaskCompletionSource<string>();
        _fetcher.Held = answer.Task;
        using var hangUp = new CancellationTokenSource();
        var request = Forge.Bearer(Forge.Rs256(header: """{"alg":"RS256","kid":"a"}"""));
        var gone = gate.CheckAsync(request, hangUp.Token).AsTask();
        var waiting = Enumerable.Range(0, 10).Select(_ => gate.CheckAsync(request, default).AsTask()).ToArray();
        await hangUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => gone);
        answer.SetResult(Forge.Jwks(("a", Forge.Rsa)));
        Assert.All(await Task.WhenAll(waiting), outcome => outcome.ShouldAdmit());
        Assert.Equal(1, _fetcher.Calls);
    }

    [Fact]
    public void A_gate_is_not_built_on_a_policy_with_a_problem()
    {
        AuthPolicy[] faulty =
        [
            new(),
            new() { Methods = [AuthMethod.TwilioSignature], Twilio = new(new([]), "wss://voice.example.com") },
            new() { Methods = [AuthMethod.SignedUrl], SignedUrl = new("/v1/ingest", Secret.OfText("short")) },
            Forge.JwtPolicy(new() { Algorithms = [JwtAlgorithm.HS256] }, JwtKey.OfSecret(Secret.OfText("thirty-one bytes are not enough"))),
        ];
        Assert.All(faulty, policy => Assert.Throws<ArgumentException>(() => new AuthGate(policy, _fetcher, _clock, NullLogger.Instance)));
    }

    [Fact]
    public void A_fetch_is_due_at_once_then_after_10_minutes_and_after_a_failure_in_30_seconds()
    {
        var now = Forge.Now;
        Assert.Equal(now, default(JwksSchedule).Due(now));
        Assert.Equal(now + TimeSpan.FromMinutes(10), new JwksSchedule(now, now).Due(now));
        Assert.Equal(now + TimeSpan.FromSeconds(30), new JwksSchedule(now, null).Due(now));
        Assert.Equal(now + TimeSpan.FromSeconds(30), new JwksSchedule(now, now.AddMinutes(-10)).Due(now));
        Assert.False(new JwksSchedule(now, now).MayFetch(now.AddSeconds(29.9)));
        Assert.True(new JwksSchedule(now, now).MayFetch(now.AddSeconds(30)));
    }

    [Fact]
    public async Task The_loop_fetches_at_its_start_and_ends_when_it_is_cancelled()
    {
        await using var gate = UrlGate();
        using var stop = new CancellationTokenSource();
        var loop = gate.RunAsync(stop.Token);
        await _fetcher.Called.WaitAsync();
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => loop);
        await new AuthGate(Forge.JwtPolicy(new() { Algorithms = [JwtAlgorithm.RS256] }), _fetcher, _clock, NullLogger.Instance).RunAsync(default);
    }

    [Fact]
    public void A_file_is_read_again_when_it_changes_also_behind_a_link_and_what_is_broken_changes_nothing()
    {
        var (file, link) = (Path.Combine(_folder.FullName, "one.json"), Path.Combine(_folder.FullName, "jwks.json"));
        File.CreateSymbolicLink(link, file);
        var source = new JwksFile(link, NullLogger.Instance);
        Assert.False(source.Current().Complete);

        Write(file, Forge.Jwks(("a", Forge.Rsa)), minute: 1);
        Assert.Equal(["a"], source.Current().Keys.Select(k => k.KeyId));
        Write(file, Forge.Jwks(("b", Forge.Rsa)), minute: 2);
        Assert.Equal(["b"], source.Current().Keys.Select(k => k.KeyId));
        Write(file, "{", minute: 3);
        Assert.Equal(["b"], source.Current().Keys.Select(k => k.KeyId));
        File.Delete(file);
        Assert.True(source.Current() is { Complete: true, Keys.Length: 1 });
    }

    [Fact]
    public void Of_a_set_only_public_signature_keys_of_our_types_are_taken()
    {
        var rsa = Forge.Jwks(("good", Forge.Rsa))[9..^2];
        var point = Forge.Curve.ExportParameters(false).Q;
        var curve = $$"""{"kty":"EC","crv":"P-256","kid":"ec","x":"{{Forge.Part(point.X!)}}","y":"{{Forge.Part(point.Y!)}}"}""";
        string[] others =
        [
            "1", "{}", """{"kty":"oct","k":"c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0"}""",
            rsa.Replace("\"sig\"", "\"enc\""), rsa.Replace("\"use\":\"sig\"", "\"alg\":\"PS256\""), rsa.Replace("\"use\":\"sig\"", "\"key_ops\":[\"encrypt\"]"),
            rsa.Replace("\"good\"", "1"), rsa.Replace("\"e\":", "\"f\":"), curve.Replace("P-256", "P-384"), curve.Replace(Forge.Part(point.X!), Forge.Part(new byte[32])),
        ];
        var (keys, fault) = JwksText.Read(Encoding.UTF8.GetBytes($"{{\"keys\":[{string.Join(",", others)},{rsa},{curve}]}}"));
        Assert.Equal("", fault);
        Assert.Equal(["good", "ec"], keys.Select(k => k.KeyId));
    }

    private AuthGate UrlGate() => new(
        new() { Methods = [AuthMethod.Jwt], Jwt = new([], null, new("https://issuer.example.com/jwks"), new()) }, _fetcher, _clock, NullLogger.Instance);

    private static void Write(string file, string text, int minute)
    {
        File.WriteAllText(file, text);
        File.SetLastWriteTimeUtc(file, Forge.Now.AddMinutes(minute).UtcDateTime);
    }

    private sealed class FakeFetcher : IJwksFetcher
    {
        private int _calls;

        public ConcurrentQueue<string?> Answers { get; } = new();

        public Task<string>? Held { get; set; }

        public SemaphoreSlim Called { get; } = new(0);

        public int Calls => _calls;

        public async Task<byte[]> FetchAsync(Uri url, CancellationToken token)
        {
            Interlocked.Increment(ref _calls);
            Called.Release();
            var answer = Held is { } held ? await held.WaitAsync(token) : Answers.TryDequeue(out var next) ? next : null;
            return answer is null ? throw new HttpRequestException("the answer is 500") : Encoding.UTF8.GetBytes(answer);
        }
    }
}
