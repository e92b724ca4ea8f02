using System.Globalization;
using Mainstay.Supervisor.Instances;
using Mainstay.Supervisor.Ports;
using Mainstay.Supervisor.Services;

namespace Mainstay.Supervisor.Stacks;

/// <summary>The steps of plans, done: orders to instances, and words with the edge.</summary>
internal sealed partial class StackLoop
{
    /// <summary>Before the edge is told again what it could not be told.</summary>
    private static readonly TimeSpan TellAgain = TimeSpan.FromSeconds(1);

    /// <summary>For the edge to say how much is in flight on a process that is not drained from outside; only words depend on it.</summary>
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(250);

    private void Execute(ServiceActor actor, ServiceStep step)
    {
        switch (step)
        {
            case ServiceStep.Start start:
                actor.Find(start.Lane)?.Post(InstanceEvent.StartAsked(start.Stamp, start.Because));
                break;
            case ServiceStep.Restart restart:
                actor.Find(restart.Lane)?.Post(InstanceEvent.RestartAsked(restart.Stamp, restart.Because));
                break;
            case ServiceStep.Wait wait:
                actor.Find(wait.Lane)?.Post(InstanceEvent.WaitAsked(wait.Stamp, wait.Because));
                break;
            case ServiceStep.Stop stop:
                actor.Find(stop.Lane)?.Post(InstanceEvent.StopAsked(stop.Because));
                break;
            case ServiceStep.Publish publish:
                actor.Asked = publish.Traffic;
                actor.AskedNumber++;
                _background.Add(PublishAsync(actor, publish.Traffic, actor.AskedNumber));
                break;
            case ServiceStep.AwaitDrain drain when actor.Find(drain.Lane) is { } runner && actor.BeginsToDrain(runner, runner.State.Generation):
                _background.Add(DrainAsync(actor, runner));
                break;
        }
    }

    private async Task PublishAsync(ServiceActor actor, ServiceTraffic traffic, long number)
    {
        var confirmed = true;
        try
        {
            await _context.Ports.Traffic.PublishAsync(traffic, _closing.Token);
        }
        catch (OperationCanceledException) when (_closing.IsCancellationRequested)
        {
            return;
        }
        catch (Exception e)
        {
            confirmed = false;
            _context.Logger.PublishFailed(actor.Name.Value, e.Message);
            await PauseAsync(TellAgain);
        }

        Post(new StackMessage.Published(actor.Name, number, confirmed));
    }

    private void Confirm(StackMessage.Published published)
    {
        if (!_actors.TryGetValue(published.Service, out var actor) || published.Number <= actor.AcknowledgedNumber)
        {
            return;
        }

        _dirty.Add(actor.Name);
        if (!published.Confirmed)
        {
            // Forgetting what was asked makes the next plan ask again, if nothing newer was asked meanwhile.
            actor.Asked = published.Number == actor.AskedNumber ? null : actor.Asked;
            return;
        }

        actor.AcknowledgedNumber = published.Number;
        actor.Acknowledged = published.Number == actor.AskedNumber ? actor.Asked : actor.Acknowledged;
    }

    /// <summary>Waits until the edge has nothing of the process in flight, at most as long as its policy gives.</summary>
    private async Task DrainAsync(ServiceActor actor, InstanceRunner runner)
    {
        var (state, run) = (runner.State, runner.Run);
        var detail = "nothing was in flight";
        if (run?.Port is not null && actor.Asked is not null)
        {
            try
            {
                var patience = InstanceMachine.DrainFor(state.Ending, runner.Work.Policy);
                var endsItself = patience == TimeSpan.Zero;
                var outcome = await _context.Ports.Traffic.DrainedAsync(run.Id, endsItself ? Glance : patience, _closing.Token);
                detail = outcome.Idle ? "everything in flight has finished"
                    : endsItself ? $"{Left(outcome)} in flight, which it ends itself within {ExitText.Of(runner.Work.Policy.Grace)}"
                    : $"{Left(outcome)} were still in flight";
            }
            catch (OperationCanceledException) when (_closing.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                _context.Logger.DrainFailed(runner.Id, e.Message);
                detail = "the edge could not say what was in flight";
            }
        }

        runner.Post(InstanceEvent.Drained(state.Generation, detail));
    }

    private static string Left(DrainOutcome outcome) => string.Create(CultureInfo.InvariantCulture, $"{outcome.RequestsLeft} requests and {outcome.WebSocketsLeft} WebSockets");

    private async Task PauseAsync(TimeSpan pause)
    {
        try
        {
            await Task.Delay(pause, _context.Ports.Time, _closing.Token);
        }
        catch (OperationCanceledException)
        {
            // Closing; whoever paused finds out by itself.
        }
    }
}
