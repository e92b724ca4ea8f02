using Mainstay.Contracts.Rollouts;
using Mainstay.Simulation.Tests.World;
using Mainstay.Spec.Model;

namespace Mainstay.Simulation.Tests;

/// <summary>The daemon dies at every step of a rollout: on either side of each write, at its beginning, within it and at its end. Each ends in old or new, without a human.</summary>
public class RolloutKillStories
{
    private static readonly string[] Within = ["{0} begins", "halfway through {0}", "50 ms into {0}", "400 ms into {0}", "2000 ms into {0}", "{0} ends", "before the journal: {0}", "after the journal: {0}"];

    public static TheoryData<string> Steps => [.. Enum.GetValues<StepKind>().Where(k => k is not StepKind.Preflight and not StepKind.Frame and not StepKind.Undo).Select(k => k.ToString())];

    [Theory]
    [MemberData(nameof(Steps))]
    public void A_daemon_that_dies_in_a_rollout_is_followed_by_one_that_ends_it(string step)
    {
        foreach (var place in Within.SelectMany(p => Places(p, step)))
        {
            Killed(place, SimProgram.Good, ended => Assert.True(ended.Phase is RolloutPhase.Succeeded || IsUnknown(ended), $"{place}: {ended.Phase}, {ended.Because}"));
        }
    }

    [Theory]
    [InlineData("Undo")]
    [InlineData("Prove")]
    [InlineData("Roll")]
    public void A_daemon_that_dies_on_the_way_back_is_followed_by_one_that_goes_it(string step)
    {
        foreach (var place in Within.SelectMany(p => Places(p, step)))
        {
            Killed(place, SimProgram.DiesAtOnce, ended => Assert.True(ended.Phase is RolloutPhase.RolledBack || IsUnknown(ended), $"{place}: {ended.Phase}, {ended.Because}"));
        }
    }

    [Theory]
    [InlineData("Frame")]
    [InlineData("Roll")]
    [InlineData("Undo")]
    public void The_first_rollout_of_a_home_survives_it_too(string step)
    {
        foreach (var program in new[] { SimProgram.Good, SimProgram.DiesAtOnce })
        {
            foreach (var place in Within.SelectMany(p => Places(p, step)))
            {
                var stage = new RolloutStage();
                Struck(stage, place);
                var api = stage.Service("api", program, instances: 2);
                var ended = stage.Run(api);
                Assert.True(ended.Phase == (program == SimProgram.Good ? RolloutPhase.Succeeded : RolloutPhase.RolledBack) || IsUnknown(ended), $"{place}: {ended.Phase}, {ended.Because}");
                stage.Rest();
                Assert.True(ended.Phase is not RolloutPhase.Succeeded || stage.Processes("api").Length == 2);
            }
        }
    }

    [Fact]
    public void Many_deaths_one_after_the_other_end_nothing_but_the_daemons()
    {
        var stage = new RolloutStage();
        var (db, api) = (stage.Service("db"), stage.Service("api", instances: 2, dependsOn: "db"));
        stage.Serving(db, api);
        var next = stage.With(api, SimProgram.Good);
        stage.Begin(stage.With(db, SimProgram.Good), next);
        for (var i = 0; stage.Rollouts.Invariants.Last is not { Number: 2, HasEnded: true }; i++)
        {
            stage.Run(2.3);
            if (stage.Rollouts.Invariants.Last is { Number: 2 } going && !going.Steps.Any(s => s is { Kind: StepKind.Migrate, State: StepState.Going }))
            {
                stage.World.KillDaemon("every two seconds");
            }

            Assert.True(i < 400, "it never ends");
        }

        stage.Run(5);
        Assert.Equal(RolloutPhase.Succeeded, stage.Last.Phase);
        stage.Rest();
        stage.Runs(next);
    }

    private static void Killed(string place, SimProgram program, Action<RolloutRecord> judge)
    {
        var stage = new RolloutStage();
        var (db, api) = (stage.Service("db"), stage.Service("api", instances: 2, dependsOn: "db"));
        stage.Serving(db, api);
        var (newDb, newApi) = (stage.With(db, SimProgram.Good), stage.With(api, program));
        Struck(stage, place);

        var ended = stage.Run(newDb, newApi);

        judge(ended);
        stage.Rest();
        var isNew = ended.Phase is RolloutPhase.Succeeded;
        stage.Runs(isNew ? newDb : db);
        stage.Runs(isNew ? newApi : api);
    }

    /// <summary>It died before it could write down that the migration had ended: only then may a good release fail.</summary>
    private static bool IsUnknown(RolloutRecord ended) => ended.Phase is RolloutPhase.Failed && ended.Steps.Any(s => s is { Kind: StepKind.Migrate, State: StepState.Failed });

    private static void Struck(RolloutStage stage, string place) =>
        stage.World.DiesAt = at => place.Split(": ").All(part => at.Contains(part, StringComparison.Ordinal));

    /// <summary>A write has two steps in it, one that has ended and one that begins: both are places.</summary>
    private static IEnumerable<string> Places(string within, string step) => within.Contains("journal", StringComparison.Ordinal)
        ? [string.Format(System.Globalization.CultureInfo.InvariantCulture, within, $"{step} Going"), string.Format(System.Globalization.CultureInfo.InvariantCulture, within, $"{step} Done")]
        : [string.Format(System.Globalization.CultureInfo.InvariantCulture, within, step)];
}
