namespace Mainstay.Rollout.Tests;

public class ChangeTurnsTests
{
    private readonly ChangeTurns _turns = new();

    [Fact]
    public void A_rollout_is_alone_from_its_planning_on()
    {
        using var rollout = _turns.TakeAlone("a rollout of ana is being planned", out _);

        Assert.Null(_turns.TakeAlone("another", out var first));
        Assert.Null(_turns.TakeBeside("`up` is under way", out var second));
        Assert.Equal(["a rollout of ana is being planned", "a rollout of ana is being planned"], [first, second]);
    }

    [Fact]
    public void Other_changes_go_beside_each_other_and_a_rollout_waits_for_the_last_one()
    {
        var up = _turns.TakeBeside("`up` is under way", out _)!;
        var scale = _turns.TakeBeside("`scale` is under way", out _)!;

        up.Dispose();
        up.Dispose();
        Assert.Null(_turns.TakeAlone("a rollout", out var holder));
        Assert.Equal("`scale` is under way", holder);
        scale.Dispose();
        Assert.NotNull(_turns.TakeAlone("a rollout", out _));
    }

    [Fact]
    public void While_everything_is_being_stopped_nothing_begins_not_even_what_was_planned_before()
    {
        using var planned = _turns.TakeAlone("a rollout", out _);
        var stopping = _turns.Stop();

        Assert.False(_turns.TryBegin(() => Assert.Fail("it has begun")));
        Assert.Null(_turns.TakeBeside("`up` is under way", out var holder));
        Assert.Equal("everything is being stopped", holder);
        stopping.Dispose();
        Assert.True(_turns.TryBegin(() => { }));
    }
}
