using System.Collections.Immutable;
using Mainstay.Daemon.Edge;
using Mainstay.Linux.Processes;

namespace Mainstay.Daemon.Tests.Edge;

/// <summary>Workers that are no processes; a test says when they end.</summary>
internal sealed class FakeLauncher : IEdgeLauncher
{
    public Dictionary<int, (FakeWorker Worker, FakeProcess Process)> Started { get; } = [];

    public IEdgeProcess Launch(int worker, string controlSocket, ImmutableArray<(string Address, int Descriptor)> listeners)
    {
        var process = new FakeProcess();
        lock (Started)
        {
            Started[worker] = (new FakeWorker(controlSocket), process);
        }

        return process;
    }

    public IEdgeProcess? Adopt(EdgeRecord record) => null;

    internal sealed class FakeProcess : IEdgeProcess
    {
        private readonly TaskCompletionSource<ExitStatus> _exited = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public ProcessIdentity Identity => new(1, 1);

        public Task<ExitStatus> Exited => _exited.Task;

        public void Kill() => End();

        public void End() => _exited.TrySetResult(default!);

        public void Dispose()
        {
        }
    }
}
