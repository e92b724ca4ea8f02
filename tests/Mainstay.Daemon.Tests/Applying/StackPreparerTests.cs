using System.Collections.Immutable;
using System.Diagnostics;
using Mainstay.Contracts.Api;
using Mainstay.Daemon.Applying;
using Mainstay.Spec.Parsing;
using Mainstay.Spec.Problems;
using Mainstay.Supervisor.Stacks;

namespace Mainstay.Daemon.Tests.Applying;

public sealed class StackPreparerTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("mainstay-applying-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_manifest_with_an_error_is_refused_with_the_host_s_problems_too()
    {
        var refused = Refuse("stack: shop\nservices:\n  api: { command: [ sh ], colour: red }\n");

        Assert.Equal(["MS1005", "MS3004"], refused.Problems.Select(p => p.Code));
        Assert.Equal("2 problems", refused.Message);
    }

    [Fact]
    public void A_text_of_which_nothing_can_be_read_is_refused_for_itself() => Assert.Equal(["MS1001"], Refuse("stack: [").Problems.Select(p => p.Code));

    [Theory]
    [InlineData("pipe.yaml", "which is no regular file")]
    [InlineData("/dev/zero", "which is no regular file")]
    [InlineData("large.yaml", "which is larger than 4 MiB, the most that is read")]
    [InlineData("no.yaml", "which does not exist")]
    public void An_env_schema_that_is_no_file_of_a_sensible_size_is_refused_at_once(string schema, string what)
    {
        using (var made = Process.Start("mkfifo", [Path.Combine(_folder, "pipe.yaml")]))
        {
            made.WaitForExit();
        }

        File.WriteAllText(Path.Combine(_folder, "large.yaml"), new string('#', (4 * 1024 * 1024) + 1));

        var problem = Refuse($"stack: shop\nservices:\n  api: {{ command: [ sh ], env_schema: {schema} }}\n").Problems[0];

        Assert.Equal("MS1057", problem.Code);
        Assert.EndsWith(what, problem.What, StringComparison.Ordinal);
    }

    private ApplyRefusedException Refuse(string text) => Assert.Throws<ApplyRefusedException>(() =>
        new StackPreparer(new BareHost()).Prepare(new ApplyRequest("mainstay.yaml", _folder, text, ImmutableSortedDictionary<string, string>.Empty, []), null));

    /// <summary>A host on which nothing is there.</summary>
    private sealed class BareHost : IHostCheck
    {
        public HostCheckReport Check(ReadableManifest manifest) => new(
            new AppliedStack(manifest.Stack, []),
            [.. manifest.Stack.Services.Select(s => HostCodes.DirectoryMissing.Error(new Where("mainstay.yaml", 3, 3, s.Span.Path), "missing", "create it"))]);
    }
}
