using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Mainstay.Harness.Processes;

namespace Mainstay.EndToEnd.Tests.Realtime.Chaos;

/// <summary>Five callers at 50 frames a second who resume: three of ours that talk until they hang up, and two on npm's ws with so many frames that they outlast most storms.</summary>
internal sealed class ChaosCalls : IAsyncDisposable
{
    private const int FrameBytes = 640;
    private const int ForeignFrames = 500;

    private readonly ImmutableArray<IngestCall> _calls;
    private readonly ImmutableArray<(string Interaction, Child Child)> _foreign;
    private readonly List<CallSeen> _seen = [];
    private readonly List<string> _faults = [];

    public ChaosCalls(ChaosStack stack)
    {
        _calls = [.. Enumerable.Range(1, 3).Select(i => IngestCall.Begin(stack.Calls, stack.CallToken($"call-{i}"), $"call-{i}", i, TimeSpan.FromMilliseconds(20)))];
        _foreign = [.. Enumerable.Range(4, 2).Select(i => ($"call-{i}", IngestForeignClient.Begin(
            stack.Calls, stack.CallToken($"call-{i}"), "node", $"call-{i}", i, ForeignFrames, new JsonObject { ["bytes"] = FrameBytes, ["gap"] = 20, ["stop"] = true, ["resume"] = true })))];
    }

    public IEnumerable<CallSeen> Seen => _seen;

    public IEnumerable<string> Faults => _faults;

    /// <summary>What each caller sends under a number.</summary>
    public IReadOnlyDictionary<string, Func<long, byte[]>> Audio =>
        Enumerable.Range(1, 5).ToDictionary(i => $"call-{i}", i => (Func<long, byte[]>)(number => IngestCall.Frame(i, number, FrameBytes)), StringComparer.Ordinal);

    public Task FlowAsync() => Task.WhenAll(_calls.Select(c => c.GoesOnAsync(10)));

    /// <summary>All hang up and are told that everything is stored.</summary>
    public async Task EndAsync()
    {
        await Task.WhenAll(_calls.Select(c => c.HangUpAsync()));
        foreach (var call in _calls)
        {
            _seen.Add(new(call.Interaction, call.Session, call.Sent, call.Acked));
            _faults.AddRange(call.Faults.Select(f => $"{call.Interaction}: {f}"));
        }

        foreach (var (interaction, child) in _foreign)
        {
            var call = await IngestForeignClient.EndedAsync(child);
            _seen.Add(new(interaction, call.Session, call.Frames, call.AckedSeqs.LastOrDefault()));
            _faults.AddRange(call.Started.Select(s => (string)s["session"]!).Distinct().Skip(1).Select(s => $"{interaction}: was given another session, {s}"));
            _faults.AddRange(call.Others.Where(o => (string?)o["event"] is not ("failed" or "stopped")).Select(o => $"{interaction}: {o.ToJsonString()}"));
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var call in _calls)
        {
            await call.DisposeAsync();
        }

        foreach (var (_, child) in _foreign)
        {
            await child.DisposeAsync();
        }
    }
}
