using System.Collections.Immutable;
using System.Globalization;
using Mainstay.Contracts;
using Mainstay.Contracts.Api;
using Mainstay.Contracts.Rollouts;
using Mainstay.Daemon.Applying;
using Mainstay.Daemon.Lifecycle;
using Mainstay.Journal;
using Mainstay.Rollout;
using Mainstay.Rollout.Planning;
using Mainstay.Rollout.Releases;
using Mainstay.Rollout.Reports;
using Mainstay.Spec.Model;
using Mainstay.Spec.Problems;
using Mainstay.Supervisor.Stacks;

namespace Mainstay.Daemon.Rollouts;

/// <summary>What the API asks about rollouts: plans them on what runs now, walks them, tells of them.</summary>
internal sealed class RolloutDesk(HomeLayout home, RolloutHouse house, StackSupervisor supervisor, DependencyCheck dependencies, TimeProvider clock)
{
    private static readonly TimeSpan WaitForTurn = TimeSpan.FromMilliseconds(500);

    /// <summary>For the status: a rollout is under way.</summary>
    public string? Notice => house.Rollouts.Active is { } active
        ? string.Create(CultureInfo.InvariantCulture, $"rollout {active.Number} ({active.By}) {RolloutPhrase.Of(active)}: {Now(active).Because}")
        : null;

    /// <summary>Carries out a change that is no rollout, unless one is under way or being planned. A user who goes away no longer keeps a rollout waiting.</summary>
    public async Task<OperationResult> BesideAsync(string what, Func<Task<OperationResult>> change, CancellationToken gone)
    {
        using var turn = house.Rollouts.Turns.TakeBeside($"`{what}` is under way", out var holder);
        if (turn is null)
        {
            return new(ExitCode.Failed, $"{house.Rollouts.Named(holder)}; wait until it has ended{OrAbort}", [], []);
        }

        await using var leaving = gone.Register(turn.Dispose);
        return await change();
    }

    /// <summary>Until the answer is disposed nothing begins that changes services.</summary>
    public IDisposable Stop() => house.Rollouts.Turns.Stop();

    public RolloutsDocument All(long? number, int limit) =>
        new([.. house.Rollouts.All().Where(r => number is null || r.Number == number).Take(limit).Select(Now)]);

    public ReleasesDocument Releases(ServiceName? only) => new(
    [
        .. house.Store.Services()
            .Where(s => only is null || s == only)
            .SelectMany(s => house.Store.List(s).Select(r => Seen(r, house.Store.DirectoryOf(s, r.Id)))),
    ]);

    /// <summary>Markdown or HTML; null when there is no such rollout.</summary>
    public string? Report(long? number, bool html) => house.Rollouts.All().FirstOrDefault(r => number is null || r.Number == number) is { } rollout
        ? html ? HtmlReport.Of(rollout) : MarkdownReport.Of(rollout)
        : null;

    /// <param name="gone">The user no longer waits for a turn.</param>
    public Task<OperationResult> DeployAsync(DeployRequest request, PreparedStack prepared, Action<OperationMessage> tell, CancellationToken gone) =>
        AnsweredAsync(() => PlanAndWalkAsync(request, prepared, tell, gone));

    public Task<OperationResult> RollbackAsync(RollbackRequest request, Action<OperationMessage> tell) =>
        AnsweredAsync(() => PlanAndWalkAsync(request, tell));

    private async Task<OperationResult> PlanAndWalkAsync(DeployRequest request, PreparedStack prepared, Action<OperationMessage> tell, CancellationToken gone)
    {
        using var claim = await ClaimAsync(request.By, request.Wait, tell, gone);
        if (claim.Given is null)
        {
            return new(ExitCode.Failed, Refused(claim.Holder, "wait for it (deploy --wait)"), [], []);
        }

        var wish = new DeployWish(
            supervisor.Stack,
            Running(),
            prepared.Stack,
            prepared.Applied.Services,
            request.Manifest.Services,
            request.AllowDirty,
            request.AllowDowntime,
            request.DryRun,
            request.By,
            prepared.Warnings.AddRange(await dependencies.RunAsync(prepared.Stack, request.Manifest.Services)));
        return await WalkAsync(await house.Planner.PlanAsync(wish, house.Rollouts.NextNumber, step => tell(new(Step: step)), gone), request.DryRun, tell);
    }

    private async Task<OperationResult> PlanAndWalkAsync(RollbackRequest request, Action<OperationMessage> tell)
    {
        using var claim = await ClaimAsync(request.By, wait: false, tell, CancellationToken.None);
        if (claim.Given is null)
        {
            return new(ExitCode.Failed, Refused(claim.Holder, "try again"), [], []);
        }

        return request.Services.IsDefaultOrEmpty || request.Services.FirstOrDefault(s => supervisor.Applied(s) is null) is not { Value: { } unknown }
            ? await WalkAsync(house.Rollbacks.Plan(supervisor.Stack, Running(), request.Services, request.Release, request.By, house.Rollouts.NextNumber), request.DryRun, tell)
            : new(ExitCode.WrongUsage, $"there is no service \"{unknown}\"; there are {string.Join(", ", Running().Select(s => s.Spec.Name))}", [], []);
    }

    /// <summary>A pause and its end are answered at once; an abort when the rollout has ended, done when what served before is proven to.</summary>
    public async Task<OperationResult> WishAsync(RolloutWishRequest request, Action<OperationMessage> tell)
    {
        var following = house.Rollouts.FollowAsync(step => tell(new(Step: step)));
        if (house.Rollouts.Wish(request.Wish, request.By) is { } refusal)
        {
            return new(ExitCode.Failed, refusal, [], []);
        }

        if (request.Wish is not RolloutWish.Abort)
        {
            return new(ExitCode.Done, request.Wish is RolloutWish.Pause ? "it pauses after the step that is under way; `mainstay rollout resume` lets it go on" : "it goes on", [], []);
        }

        TellOfWait(step => tell(new(Step: step)));
        var ended = (await following)!;
        return new(ended.Phase is RolloutPhase.Failed or RolloutPhase.RolledBack ? ExitCode.Done : ExitCode.Failed, Summary(ended), [], []);
    }

    /// <summary>Ends the rollout under way because everything is to stop.</summary>
    public async Task AbortedAsync(string by, Action<OperationStep> progress)
    {
        var following = house.Rollouts.FollowAsync(progress);
        house.Rollouts.Wish(RolloutWish.Abort, by);
        TellOfWait(progress);
        await following;
    }

    /// <summary>Who joins a rollout that stands still already would hear nothing.</summary>
    private void TellOfWait(Action<OperationStep> progress)
    {
        if (house.Rollouts is { Active: { } active, Waits: { } why })
        {
            progress(new(clock.GetUtcNow(), null, null, null, null, string.Create(CultureInfo.InvariantCulture, $"rollout {active.Number} {why}")));
        }
    }

    /// <summary>What it waits for is not in the journal: it waits for the journal.</summary>
    private RolloutRecord Now(RolloutRecord rollout) => house.Rollouts is { Active: { } active, Waits: { } why } && active.Number == rollout.Number
        ? rollout with { Because = $"{rollout.Because}; it {why}" }
        : rollout;

    /// <summary>Whether every file is as it was sealed is asked when it counts: before a rollback, and before a deploy leaves a release as it is.</summary>
    private static ReleaseDocument Seen(ReleaseRecord release, string directory)
    {
        var told = release.ToDocument(directory);
        return release.State is ReleaseState.Unfinished || Directory.Exists(directory) ? told : told with { State = ReleaseState.Missing, Because = $"{directory} does not exist; {release.Because}" };
    }

    /// <summary>Puts services with a source into the release that they serve from, or served from last.</summary>
    /// <exception cref="ApplyRefusedException">One has no release yet.</exception>
    public PreparedStack InReleases(PreparedStack prepared, ImmutableArray<ServiceName> only)
    {
        var chosen = only.IsDefaultOrEmpty ? [.. prepared.Applied.Services.Select(s => s.Spec.Name)] : only;
        var services = prepared.Applied.Services.Select(s => (Declared: s, Released: s.Spec.Rollout.Source is null ? s : InRelease(s))).ToList();
        var missing = services.Where(s => s.Released is null).Select(s => s.Declared.Spec).ToList();
        if (missing.Any(m => chosen.Contains(m.Name)))
        {
            throw new ApplyRefusedException("a service has no release yet", [.. missing.Where(m => chosen.Contains(m.Name)).Select(NoRelease(prepared.Stack))]);
        }

        return prepared with { Applied = prepared.Applied with { Services = [.. services.Select(s => s.Released).OfType<AppliedService>()] } };
    }

    private AppliedService? InRelease(AppliedService declared)
    {
        var name = declared.Spec.Name;
        var release = supervisor.Applied(name) is { Spec.Rollout.Source: not null } running
            ? running.Release
            : house.Store.List(name).FirstOrDefault(r => r.State is ReleaseState.Serving)?.Id;
        return release is null ? null : ReleasedService.Of(declared, house.Store.DirectoryOf(name, release), release);
    }

    private static Func<ServiceSpec, Problem> NoRelease(StackSpec stack) => spec => RolloutCodes.NoRelease.Error(
        new Where(stack.File, spec.Span.Line, spec.Span.Column, spec.Span.Path),
        $"service \"{spec.Name}\" has a source, and no release of it was deployed yet",
        "run `mainstay deploy`");

    private ImmutableArray<AppliedService> Running() => [.. supervisor.Services().Select(s => supervisor.Applied(s.Name)).OfType<AppliedService>()];

    private async Task<OperationResult> WalkAsync(PlanOutcome planned, bool dryRun, Action<OperationMessage> tell)
    {
        if (planned is not { Plan: { } plan, Material: { } material })
        {
            return new(ExitCode.Failed, "nothing was changed", planned.Problems, []);
        }

        plan = plan with { Services = [.. plan.Services.Select(s => s with { Before = house.Sights(s.Name) })] };
        tell(new(Rollout: plan));
        if (dryRun)
        {
            return new(ExitCode.Done, "this is the plan; nothing was changed", planned.Problems, []);
        }

        if (material.Parts.Any(p => p.To.Spec.User is not null && (p.SourceId is not null || p.To.Spec.Rollout.Backup is not null)))
        {
            HomeFolders.LetPass(home);
        }

        if (await house.Rollouts.RunAsync(plan, material, step => tell(new(Step: step))) is not { } ended)
        {
            return new(ExitCode.Failed, "everything is being stopped; the rollout was not begun", planned.Problems, []);
        }

        tell(new(Rollout: ended));
        return ended.Phase is RolloutPhase.Succeeded
            ? new(ExitCode.Done, Summary(ended), planned.Problems, [])
            : new(ExitCode.Failed, Summary(ended), planned.Problems, [Failure(ended)]);
    }

    /// <summary>A failed step shows its evidence; a service that failed to start has an explanation of its own.</summary>
    private static FailureReport Failure(RolloutRecord ended)
    {
        var failed = ended.Steps.FirstOrDefault(s => s.State is StepState.Failed);
        var service = failed?.Services is [var one] ? one.Value : "rollout";
        return (ended.Cause ?? new FailureReport(service, null, ended.Failure ?? ended.Because, failed?.Evidence ?? [], [$"mainstay report {ended.Number}   (everything that was seen)"], null)) with
        {
            Kept = ended.Phase switch
            {
                RolloutPhase.RolledBack when ended.Services.All(s => s.From is null) => $"nothing, as before{But(ended)}",
                RolloutPhase.RolledBack => $"what served before is proven to serve{But(ended)}",
                RolloutPhase.Failed => $"what served before was not touched{But(ended)}",
                _ => null,
            },
        };
    }

    private string OrAbort => house.Rollouts.Active is null ? "" : ", or run `mainstay rollout abort`";

    private string Refused(string holder, string otherwise) => $"refused: {holder}; {otherwise}{OrAbort}";

    private static string But(RolloutRecord rollout) => RolloutPhrase.Migration(rollout) is { } migration ? $"; but {migration}" : "";

    private static string Summary(RolloutRecord rollout) => string.Create(CultureInfo.InvariantCulture, $"rollout {rollout.Number} {RolloutPhrase.Of(rollout)}: {rollout.Because}");

    private async Task<TurnClaim> ClaimAsync(string by, bool wait, Action<OperationMessage> tell, CancellationToken gone)
    {
        var isTold = false;
        while (true)
        {
            var given = house.Rollouts.Claim(by, out var holder);
            if (given is not null || !wait)
            {
                return new(given, holder);
            }

            if (!isTold)
            {
                tell(new(Step: new(clock.GetUtcNow(), null, null, null, null, $"waits: {holder}")));
                isTold = true;
            }

            await Task.Delay(WaitForTurn, clock, gone);
        }
    }

    /// <summary>A full disk in the middle of planning is an answer, too. A rollout that has begun has its own end, so this is about one that has not.</summary>
    private static async Task<OperationResult> AnsweredAsync(Func<Task<OperationResult>> plan)
    {
        try
        {
            return await plan();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JournalException)
        {
            return new(ExitCode.Failed, $"the rollout could not be begun, and nothing was changed: {e.Message}", [], []);
        }
        catch (OperationCanceledException)
        {
            // Nobody reads this; it says in the log why nothing came of it.
            return new(ExitCode.Failed, "whoever asked for it went away before it began; nothing was changed", [], []);
        }
    }

    private sealed record TurnClaim(IDisposable? Given, string Holder) : IDisposable
    {
        public void Dispose() => Given?.Dispose();
    }
}
