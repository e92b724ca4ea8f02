using System.Collections.Immutable;
using Mainstay.Linux.Processes;

namespace Mainstay.Linux.Proc.Ports;

/// <summary>One listening socket and who has it.</summary>
/// <param name="Process">Null when the kernel does not let us see it, which root always may.</param>
/// <param name="Pids">Everybody who has the socket open: a server and its workers share it.</param>
public sealed record PortHolder(PortListener Socket, PortProcess? Process, ImmutableArray<int> Pids);

/// <summary>The process to talk about: of several holders, the one that is the others' ancestor.</summary>
/// <param name="Arguments">As given to it; may hold secrets, so it is for display only after those are masked.</param>
public sealed record PortProcess(ProcessIdentity Identity, string Name, ImmutableArray<string> Arguments, RunBy RunBy);

/// <summary>Names the holders of ports: listening sockets, their inodes, the processes that have those open, and who runs these.</summary>
public static class PortHolders
{
    private const int MostAncestors = 32;

    /// <summary>Every listener on any of these ports. One walk over /proc, however many ports are asked for.</summary>
    public static ImmutableArray<PortHolder> Find(IReadOnlySet<int> ports)
    {
        var sockets = PortTable.Listening().Where(s => ports.Contains(s.Port)).ToArray();
        var holders = SocketHolders.Of(sockets.Select(s => s.Inode).ToHashSet());
        return [.. sockets.Select(s => Describe(s, holders.GetValueOrDefault(s.Inode, [])))];
    }

    /// <summary>What the given processes listen on, each address and port once.</summary>
    public static ImmutableArray<PortListener> ListenersOf(IReadOnlySet<int> pids)
    {
        var sockets = PortTable.Listening();
        var held = SocketHolders.Of(sockets.Select(s => s.Inode).ToHashSet(), pids);
        return [.. sockets.Where(s => held.ContainsKey(s.Inode)).OrderBy(s => s.Port)];
    }

    private static PortHolder Describe(PortListener socket, ImmutableArray<int> pids)
    {
        var candidates = pids.Select(ProcessFacts.Read).OfType<ProcessFacts>().ToArray();
        var first = candidates.Where(c => !pids.Contains(c.Parent)).DefaultIfEmpty(candidates.FirstOrDefault()).MinBy(c => c?.StartTicks);
        if (first is null)
        {
            return new(socket, null, pids);
        }

        var runBy = RunByRules.Of(first, AncestorsOf(first), ProcessFacts.Read(Environment.ProcessId)?.Cgroups ?? []);
        return new(socket, new(new(first.Pid, first.StartTicks), first.Name, first.Arguments, runBy), pids);
    }

    private static List<ProcessFacts> AncestorsOf(ProcessFacts process)
    {
        var ancestors = new List<ProcessFacts>();
        for (var next = process.Parent; next > 1 && ancestors.Count < MostAncestors && ProcessFacts.Read(next) is { } parent; next = parent.Parent)
        {
            ancestors.Add(parent);
        }

        return ancestors;
    }
}
