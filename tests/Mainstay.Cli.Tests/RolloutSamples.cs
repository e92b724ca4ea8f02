using System.Collections.Immutable;
using Mainstay.Contracts.Api;
using Mainstay.Contracts.Rollouts;
using Mainstay.Spec.Model;

namespace Mainstay.Cli.Tests;

/// <summary>Rollouts and releases as a daemon sends them; commit subjects are as hostile as anybody can write them.</summary>
internal static class RolloutSamples
{
    public const string Old = "20260130-090000-77aa00f";
    public const string New = "20260131-120000-1a2b3c4";

    public static DateTimeOffset Noon { get; } = new(2026, 1, 31, 12, 0, 0, TimeSpan.Zero);

    private static readonly ServiceName Api = ServiceName.From("api");
    private static readonly ServiceName Web = ServiceName.From("web");

    public static RolloutRecord Planned { get; } = new(
        12,
        RolloutKind.Deploy,
        "tailtown",
        "ada@build-7",
        Noon,
        null,
        Noon.AddMinutes(10),
        [
            new(Api, 0, Old, null, DeployStrategy.Rolling, true, "2 instances behind the edge, and none may be away", Change, [new("api-1", 5001, Old, "api-1:41001"), new("api-2", 5002, Old, "api-2:41002")], []),
            new(Web, 1, null, null, DeployStrategy.BlueGreen, false, "it has the fixed port 3000, which only one process can hold", null, [], []),
        ],
        [
            new(StepKind.Preflight, [], StepState.Done, Noon, Noon.AddSeconds(1.2), "42 questions, 1 remark", [], null),
            Pending(StepKind.Fetch, "a clean checkout of 1a2b3c4", Api),
            Pending(StepKind.Build, "npm ci, npm run build", Api),
            Pending(StepKind.Roll, "2 instances, one after another", Api),
            Pending(StepKind.Roll, "1 instance", Web),
            Pending(StepKind.Prove, "every process runs the new release", Api, Web),
            Pending(StepKind.Bake, "watched for 60 s", Api, Web),
        ],
        RolloutPhase.Preparing,
        RolloutWish.Go,
        "planned",
        null,
        null,
        null,
        []);

    public static RolloutRecord Succeeded { get; } = Planned with
    {
        EndedAt = Noon.AddSeconds(130),
        Phase = RolloutPhase.Succeeded,
        Because = "the new release is proven to serve everywhere",
        Services = [Planned.Services[0] with { To = New, After = [new("api-1", 6001, New, "api-1:41011"), new("api-2", 6002, New, "api-2:41012")] }, Planned.Services[1] with { To = New }],
        Steps = [.. Planned.Steps.Select((s, i) => s with { State = StepState.Done, StartedAt = Noon.AddSeconds(10 * i), EndedAt = Noon.AddSeconds((10 * i) + 7.5) })],
    };

    public static RolloutRecord RolledBack { get; } = Succeeded with
    {
        Number = 11,
        Phase = RolloutPhase.RolledBack,
        Because = "the release from before is proven to serve everywhere",
        Failure = "api-1 did not become ready",
        UndoneFrom = 7,
        Steps =
        [
            .. Succeeded.Steps.Take(3),
            Succeeded.Steps[3] with
            {
                State = StepState.Failed,
                Because = "api-1 did not become ready within 30 s",
                Evidence = [new("readiness probe http /health", ["3 x refused: nothing listens on 127.0.0.1:41011", "\u001b[2J\u001b]0;owned\u0007"]), new("output", [.. Enumerable.Range(1, 40).Select(i => $"line {i}")])],
                Traffic = new(1_204, 3, 0.25, 1.5),
            },
            .. Planned.Steps.Skip(4).Select(s => s with { State = StepState.Skipped, Because = "no longer needed" }),
            new(StepKind.Undo, [Api], StepState.Done, Noon.AddSeconds(70), Noon.AddSeconds(80), $"serves {Old} again", [], new(88, 0, 0, 0)),
        ],
        Cause = Samples.Failure,
        Restore = ["pg_restore -d shop backups/11/db.sql"],
    };

    public static RolloutRecord Under { get; } = Succeeded with
    {
        Number = 13,
        EndedAt = null,
        Phase = RolloutPhase.Rolling,
        Wish = RolloutWish.Pause,
        Because = "waits after a step, as was asked",
        Steps = [.. Succeeded.Steps.Take(3), Succeeded.Steps[3] with { State = StepState.Going, EndedAt = null }, .. Planned.Steps.Skip(4)],
    };

    public static ImmutableArray<ReleaseDocument> Releases { get; } =
    [
        new(Api, New, ReleaseState.Serving, "git 1a2b3c4 main", "/h/releases/api/" + New, Noon.AddMinutes(-62), 48_200_000, 1_204, "proven to serve by rollout 12"),
        new(Api, Old, ReleaseState.Proven, "git 77aa00f main", "/h/releases/api/" + Old, Noon.AddDays(-1), 47_900_000, 1_199, "served until rollout 12"),
        new(Api, "20260129-080000-0badbad", ReleaseState.Bad, "git 0badbad \u001b[31mmain", "/h/releases/api/x", Noon.AddDays(-2), 47_900_000, 1_199, "rollout 11 to it was rolled back: api-1 did not become ready"),
        new(Web, New, ReleaseState.Built, "directory .", "/h/releases/web/" + New, Noon.AddMinutes(-62), 12_000, 4, "built by rollout 12, not yet proven"),
    ];

    private static SourceChange Change => new(
        "77aa00f",
        "1a2b3c4",
        [new("1a2b3c4", "Ada", Noon, "Mend the tail \u001b[2J\u001b]0;owned\u0007\rapi: nothing changes"), new("9f9f9f9", "Bob", Noon, "Count the cats")],
        ["M server.js", "A cats.js", "D dogs.js"],
        2,
        ["express 4.18.2 → 4.19.0"],
        ["CATS added"],
        ["uncommitted: notes.txt"]);

    private static RolloutStep Pending(StepKind kind, string because, params ServiceName[] services) => new(kind, [.. services], StepState.Pending, null, null, because, [], null);
}
