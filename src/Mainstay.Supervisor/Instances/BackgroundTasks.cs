using Microsoft.Extensions.Logging;

namespace Mainstay.Supervisor.Instances;

/// <summary>Work that runs beside its owner's loop and is awaited by the owner at its end. A fault is logged where it happens.</summary>
internal sealed class BackgroundTasks(ILogger logger)
{
    private readonly Lock _gate = new();
    private readonly HashSet<Task> _running = [];

    public void Add(Task task)
    {
        if (task.IsCompletedSuccessfully)
        {
            return;
        }

        lock (_gate)
        {
            _running.Add(task);
        }

        // The owner awaits what is left in EndedAsync; this only keeps the set small.
        _ = task.ContinueWith(Remove, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }

    public async Task EndedAsync()
    {
        Task[] left;
        lock (_gate)
        {
            left = [.. _running];
        }

        try
        {
            await Task.WhenAll(left);
        }
        catch (Exception e)
        {
            // Each was logged by Remove; the end of the owner must not fail for them.
            logger.BackgroundEnded(e.Message);
        }
    }

    private void Remove(Task task)
    {
        lock (_gate)
        {
            _running.Remove(task);
        }

        if (task.Exception is { } fault)
        {
            logger.BackgroundFault(fault.GetBaseException());
        }
    }
}
