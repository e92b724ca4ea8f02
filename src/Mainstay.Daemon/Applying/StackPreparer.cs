using System.Collections.Immutable;
using Mainstay.Contracts.Api;
using Mainstay.Preflight.Host;
using Mainstay.Spec.Model;
using Mainstay.Spec.Parsing;
using Mainstay.Spec.Problems;
using Mainstay.Supervisor.Stacks;

namespace Mainstay.Daemon.Applying;

/// <summary>A manifest that may be applied: read, checked against this host, every environment resolved. Services with a source are not yet in a release.</summary>
internal sealed record PreparedStack(StackSpec Stack, AppliedStack Applied, ImmutableArray<Problem> Warnings);

/// <summary>Reads a manifest as the daemon will run it. Trusts nothing that the command checked before; changes nothing.</summary>
internal sealed class StackPreparer(IHostCheck host)
{
    /// <exception cref="ApplyRefusedException">It has problems, or another stack runs here.</exception>
    public PreparedStack Prepare(ApplyRequest request, StackSpec? running)
    {
        var read = ManifestReader.Read(new ManifestSource(request.File, request.Directory, request.Text, request.Variables), path => BoundedFile.Read(path));
        if (read.Stack is { } other && running is not null && running.Name != other.Name)
        {
            throw Refused([DaemonCodes.AnotherStack.Error(
                new Where(request.File, 0, 0, "stack"),
                $"this home runs the stack \"{running.Name}\"; it cannot run \"{other.Name}\" as well",
                $"run `mainstay down` first, or give \"{other.Name}\" a home of its own with --home")]);
        }

        var report = read.Readable is { } readable ? host.Check(readable) : null;
        var problems = read.Problems.AddRange(report?.Problems ?? []);
        return read.Stack is { } stack && report is not null && !problems.Any(p => p.Severity is Severity.Error)
            ? new(stack, report.Applied, problems)
            : throw Refused(problems);
    }

    private static ApplyRefusedException Refused(ImmutableArray<Problem> problems)
    {
        var errors = problems.Count(p => p.Severity is Severity.Error);
        return new(errors == 1 ? "1 problem" : $"{errors} problems", problems);
    }
}
