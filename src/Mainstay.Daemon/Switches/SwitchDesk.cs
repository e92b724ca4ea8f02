using System.Collections.Immutable;
using System.Globalization;
using Mainstay.Contracts;
using Mainstay.Contracts.Api;
using Mainstay.Daemon.Edge;
using Mainstay.Journal;
using Mainstay.Spec.Model;
using Mainstay.Spec.Parsing;
using Mainstay.Supervisor.Stacks;

namespace Mainstay.Daemon.Switches;

/// <summary>Kill switches as users set them. What is set is on disk first, and then at every edge worker, before the user is told.</summary>
internal sealed class SwitchDesk : IDisposable
{
    private const int MaxText = 200;

    /// <summary>A timer cannot be set for longer; then it is looked again.</summary>
    private static readonly TimeSpan s_longestTimer = TimeSpan.FromDays(1);

    /// <summary>After what could not be written.</summary>
    private static readonly TimeSpan s_again = TimeSpan.FromMinutes(1);

    private readonly SwitchStore _store;
    private readonly EdgeTraffic _traffic;
    private readonly StackSupervisor _supervisor;
    private readonly TimeProvider _clock;
    private readonly ITimer _ends;

    public SwitchDesk(SwitchStore store, EdgeTraffic traffic, StackSupervisor supervisor, TimeProvider clock)
    {
        (_store, _traffic, _supervisor, _clock) = (store, traffic, supervisor, clock);
        _ends = clock.CreateTimer(_ => EndThose(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        EndThose();
    }

    public ImmutableArray<SwitchStatus> All() => _store.All(Declared);

    public async Task<OperationResult> SetAsync(SwitchRequest request, CancellationToken token)
    {
        if (Declared.FirstOrDefault(s => s.Name == request.Name) is not { } spec)
        {
            return Failed(Unknown(request.Name));
        }

        if (request.ForS is { } seconds && !(seconds >= 1 && seconds <= TimeSpan.FromDays(365).TotalSeconds))
        {
            return Failed("a switch is set for a second to a year, or without a time");
        }

        var now = _clock.GetUtcNow();
        var record = new SwitchRecord(request.On, Cut(request.By) ?? "unknown", Cut(request.Reason), now, request.ForS is { } s ? now.AddSeconds(s) : null);
        var told = Tell(spec, record);
        try
        {
            _store.Set(spec.Name, record, told);
        }
        catch (JournalException e)
        {
            return Failed($"{spec.Name} was not changed: {e.Message}");
        }

        SetTimer();
        await _traffic.TellAgainAsync(token);
        return new(ExitCode.Done, told, [], []);
    }

    /// <summary>After a manifest was applied.</summary>
    public void Keep(ImmutableArray<SwitchSpec> declared) => _store.Keep(declared);

    public void Dispose() => _ends.Dispose();

    private ImmutableArray<SwitchSpec> Declared => _supervisor.Stack?.Switches ?? [];

    private void EndThose()
    {
        if (!_store.Expire(Declared).IsEmpty)
        {
            _ = _traffic.TellAgainAsync(CancellationToken.None);
        }

        SetTimer();
    }

    private void SetTimer()
    {
        if (_store.NextEnd() is { } end)
        {
            var wait = end - _clock.GetUtcNow();
            _ends.Change(wait <= TimeSpan.Zero ? s_again : wait < s_longestTimer ? wait : s_longestTimer, Timeout.InfiniteTimeSpan);
        }
    }

    private static string Tell(SwitchSpec spec, SwitchRecord record)
    {
        var until = record.Until is { } end ? string.Create(CultureInfo.InvariantCulture, $" until {end:yyyy-MM-dd HH:mm:ss}Z") : "";
        return $"{spec.Name} is {(record.On ? "on" : "off")}{until}, by {record.By}{(record.Reason is { } reason ? $": {reason}" : "")}";
    }

    private string Unknown(string name)
    {
        var known = Declared.Select(s => s.Name).ToArray();
        return known.Length == 0 ? $"there is no switch \"{name}\": the manifest that was applied declares none"
            : NearestWord.To(name, known) is { } near ? $"there is no switch \"{name}\"; did you mean \"{near}\"?"
            : $"there is no switch \"{name}\"; there are {string.Join(", ", known)}";
    }

    /// <summary>One line, and not a novel: it stands in the status and in events.</summary>
    private static string? Cut(string? text) =>
        string.IsNullOrWhiteSpace(text) ? null : new string([.. text.Trim().Take(MaxText).Select(c => char.IsControl(c) ? ' ' : c)]);

    private static OperationResult Failed(string because) => new(ExitCode.Failed, because, [], []);
}
