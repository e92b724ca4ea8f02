using System.Collections.Immutable;
using Mainstay.Contracts.Api;
using Mainstay.Spec.Model;
using Mainstay.Spec.Parsing;
using Mainstay.Spec.Problems;
using Mainstay.Supervisor;

namespace Mainstay.Daemon.Applying;

/// <summary>A manifest that may be applied: read, checked against this host, every environment resolved.</summary>
internal sealed record PreparedStack(StackSpec Stack, AppliedStack Applied);

/// <summary>Reads a manifest as the daemon will run it. Trusts nothing that the command checked before; changes nothing.</summary>
internal sealed class StackPreparer(IHostCheck host)
{
    public PreparedStack Prepare(ApplyRequest request, StackSpec? running)
    {
        var read = ManifestReader.Read(new ManifestSource(request.File, request.Directory, request.Text, request.Variables));
        var stack = read.Stack ?? throw Refused(read.Problems);
        if (running is not null && running.Name != stack.Name && host.AnythingRuns)
        {
            throw Refused([DaemonCodes.AnotherStack.Error(
                new Where(request.File, 0, 0, "stack"),
                $"this home runs the stack \"{running.Name}\"; it cannot run \"{stack.Name}\" as well",
                $"run `mainstay down` first, or give \"{stack.Name}\" a home of its own with --home")]);
        }

        var checkedHost = host.Check(stack);
        var problems = read.Problems.AddRange(checkedHost.Problems);
        return problems.Any(p => p.Severity is Severity.Error) ? throw Refused(problems) : new(stack, checkedHost.Applied);
    }

    private static ApplyRefusedException Refused(ImmutableArray<Problem> problems) =>
        new($"{problems.Count(p => p.Severity is Severity.Error)} problems", problems);
}
