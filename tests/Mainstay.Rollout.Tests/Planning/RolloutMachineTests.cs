using System.Text;
using Mainstay.Contracts.Rollouts;
using Mainstay.Rollout.Planning;
using Mainstay.Testing;
using static Mainstay.Rollout.Tests.Planning.Rollouts;

namespace Mainstay.Rollout.Tests.Planning;

public class RolloutMachineTests
{
    private static readonly StepKind[] Places = [StepKind.Fetch, StepKind.Build, StepKind.Backup, StepKind.Migrate, StepKind.Roll, StepKind.Apply, StepKind.Prove, StepKind.Bake];

    [Fact]
    public void The_whole_table_reads_as_agreed()
    {
        var table = new StringBuilder();
        foreach (var kind in Places)
        {
            Rows(table, kind.ToString(), At(kind));
            Rows(table, $"{kind}, paused", At(kind) with { Wish = RolloutWish.Pause });
            Rows(table, $"{kind}, aborted", At(kind) with { Wish = RolloutWish.Abort, Because = "ana asked to abort" });
        }

        Rows(table, "undoing", Fails(At(StepKind.Bake)).Next);
        Golden.Match(table.ToString(), "rollout-machine.txt");
    }

    [Fact]
    public void Steps_go_one_after_another_until_the_new_release_has_baked()
    {
        var rollout = At(StepKind.Bake);
        Assert.Equal(RolloutPhase.Baking, rollout.Phase);

        var end = Done(rollout).Next;

        Assert.Equal((RolloutPhase.Succeeded, "store r2, api r2 proven to serve"), (end.Phase, end.Because));
        Assert.All(end.Steps, s => Assert.Equal(StepState.Done, s.State));
        Assert.NotNull(end.EndedAt);
    }

    [Theory]
    [InlineData(StepKind.Fetch)]
    [InlineData(StepKind.Build)]
    [InlineData(StepKind.Backup)]
    [InlineData(StepKind.Migrate)]
    public void What_fails_before_anything_was_touched_changes_nothing(StepKind kind)
    {
        var end = Fails(At(kind), "no space left").Next;

        Assert.Equal((RolloutPhase.Failed, "no space left"), (end.Phase, end.Because));
        Assert.DoesNotContain(end.Steps, s => s.Kind is StepKind.Undo || s.State is StepState.Pending or StepState.Going);
    }

    [Fact]
    public void What_fails_later_is_taken_back_last_service_first_and_proven()
    {
        var undoing = Fails(At(StepKind.Prove), "store-1 runs r1").Next;

        Assert.Equal(RolloutPhase.Undoing, undoing.Phase);
        Assert.Equal(
            ["Undo api", "Undo store", "Undo ", "Prove api store"],
            undoing.Steps.Skip(undoing.UndoneFrom!.Value).Select(s => $"{s.Kind} {string.Join(' ', s.Services)}"));
        var end = undoing;
        while (!end.HasEnded)
        {
            end = Done(end).Next;
        }

        Assert.Equal(RolloutPhase.RolledBack, end.Phase);
        Assert.Equal("store-1 runs r1; what served before is proven to serve again", end.Because);
    }

    [Fact]
    public void A_pause_moves_the_deadline_by_as_long_as_it_was()
    {
        var paused = Hears(At(StepKind.Roll), RolloutEventKind.PauseAsked).Next;
        Assert.Equal(Now.AddSeconds(1), paused.PausedAt);
        Assert.Same(paused, Hears(paused, RolloutEventKind.DeadlinePassed).Next);

        var resumed = RolloutMachine.Next(paused, new(RolloutEventKind.ResumeAsked, "ana let it go on"), Now.AddMinutes(30)).Next;

        Assert.Equal((Now.AddMinutes(40).AddSeconds(-1), null), (resumed.Deadline, resumed.PausedAt));
    }

    [Fact]
    public void Only_services_that_were_touched_are_taken_back()
    {
        var undoing = Fails(At(StepKind.Roll)).Next;
        Assert.Equal(["Undo store", "Prove store"], undoing.Steps.Skip(undoing.UndoneFrom!.Value).Select(s => $"{s.Kind} {string.Join(' ', s.Services)}"));
    }

    [Fact]
    public void A_service_that_does_not_come_back_does_not_keep_the_others_and_the_rollout_says_so()
    {
        var undoing = Fails(At(StepKind.Bake), "web-1 died").Next;
        var on = Fails(undoing, "api r1 did not start").Next;
        Assert.Equal([Store], on.Current!.Services);
        while (!on.HasEnded)
        {
            on = on.Current!.Kind is StepKind.Prove ? Fails(on, "api-1 is not ready").Next : Done(on).Next;
        }

        Assert.Equal((RolloutPhase.Broken, "web-1 died; and the way back is not proven: api r1 did not start"), (on.Phase, on.Because));
    }

    [Fact]
    public void A_service_that_came_back_after_its_turn_and_is_proven_counts()
    {
        var undoing = Fails(At(StepKind.Bake), "store-1 died").Next;
        var on = Fails(undoing, "api waits for store").Next;
        while (!on.HasEnded)
        {
            on = Done(on).Next;
        }

        Assert.Equal(RolloutPhase.RolledBack, on.Phase);
    }

    [Fact]
    public void A_daemon_that_takes_over_begins_the_step_again_but_for_a_migration()
    {
        foreach (var kind in Places.Where(k => k is not StepKind.Migrate))
        {
            var rollout = At(kind);
            Assert.Equal(new(RolloutEffectKind.Begin, Going(rollout)), Hears(rollout, RolloutEventKind.Woke).Effect);
        }

        var failed = Hears(At(StepKind.Migrate), RolloutEventKind.Woke);
        Assert.Null(failed.Effect);
        Assert.Equal(RolloutPhase.Failed, failed.Next.Phase);
        Assert.Contains("not run a second time", failed.Next.Because, StringComparison.Ordinal);
    }

    [Fact]
    public void A_pause_lets_the_step_end_and_begins_no_other_until_somebody_says_go()
    {
        var paused = Hears(At(StepKind.Build), RolloutEventKind.PauseAsked).Next;
        var waits = Done(paused);
        Assert.Null(waits.Effect);
        Assert.Equal(-1, Going(waits.Next));
        Assert.Null(Hears(waits.Next, RolloutEventKind.Woke).Effect);

        var goes = Hears(waits.Next, RolloutEventKind.ResumeAsked);

        Assert.Equal(RolloutEffectKind.Begin, goes.Effect!.Kind);
        Assert.Equal(RolloutWish.Go, goes.Next.Wish);
    }

    [Theory]
    [InlineData(nameof(RolloutEventKind.AbortAsked))]
    [InlineData(nameof(RolloutEventKind.DeadlinePassed))]
    public void An_abort_breaks_the_step_off_and_ends_as_a_failure_there_would(string name)
    {
        var kind = Enum.Parse<RolloutEventKind>(name);
        var preparing = Hears(At(StepKind.Build), kind, "ana asked to abort");
        Assert.Equal(RolloutEffectKind.Cancel, preparing.Effect!.Kind);
        Assert.Equal((RolloutPhase.Failed, "ana asked to abort"), (Fails(preparing.Next).Next.Phase, Fails(preparing.Next).Next.Because));

        var rolling = Hears(At(StepKind.Roll), kind, "ana asked to abort");
        Assert.Equal(RolloutEffectKind.Cancel, rolling.Effect!.Kind);
        Assert.Equal((RolloutPhase.Undoing, "ana asked to abort"), (Fails(rolling.Next).Next.Phase, Fails(rolling.Next).Next.Failure));

        // It had just ended well when it was to be broken off: that changes nothing about the wish.
        Assert.Equal(RolloutPhase.Undoing, Done(rolling.Next).Next.Phase);
    }

    [Fact]
    public void Nothing_stops_the_way_back()
    {
        var undoing = Fails(At(StepKind.Bake)).Next;
        foreach (var kind in new[] { RolloutEventKind.PauseAsked, RolloutEventKind.AbortAsked, RolloutEventKind.DeadlinePassed, RolloutEventKind.ResumeAsked })
        {
            Assert.Equal(new(undoing), Hears(undoing, kind));
        }
    }

    private static void Rows(StringBuilder table, string title, RolloutRecord rollout)
    {
        table.Append('\n').Append(title).Append(" (").Append(rollout.Phase).Append(")\n");
        foreach (var kind in Enum.GetValues<RolloutEventKind>())
        {
            var step = kind is RolloutEventKind.StepDone or RolloutEventKind.StepFailed ? Going(rollout) : -1;
            var (next, effect) = RolloutMachine.Next(rollout, new(kind, $"({kind})", step), Now.AddSeconds(1));
            var does = effect is null ? "-" : $"{effect.Kind} {next.Steps[effect.Step].Kind} {string.Join(' ', next.Steps[effect.Step].Services)}".TrimEnd();
            table.Append($"  {kind,-15} → {next.Phase,-10} {next.Wish,-6} {does,-22} {next.Because}\n");
        }
    }
}
