using System.Text;
using Mainstay.Cli.Connection;
using Mainstay.Cli.Init;
using Mainstay.Cli.Manifest;
using Mainstay.Contracts;

namespace Mainstay.Cli.Verbs;

/// <summary><c>init</c>: a first manifest for what lies in a folder. Never overwrites.</summary>
internal static class InitVerb
{
    public static Task<int> RunAsync(VerbContext context, CancellationToken token)
    {
        token.ThrowIfCancellationRequested();
        var named = context.Invocation.Arguments is [var word] ? word : context.NamedManifest ?? ".";
        var folder = Path.GetFullPath(named, context.Host.Directory);
        if (!Directory.Exists(folder))
        {
            throw new CommandFailedException(ExitCode.WrongUsage, $"there is no folder {named}", $"it would be {folder}");
        }

        var path = Path.Combine(folder, ManifestFinder.Name);
        var shown = Path.GetRelativePath(context.Host.Directory, path);
        var sketch = ProjectSketch.Of(folder);
        Write(path, shown, StarterManifest.For(sketch));
        context.Screen.Lines([$"wrote {shown} (found: {sketch.Found})", "next: read it, then mainstay check, then mainstay up"]);
        return Task.FromResult((int)ExitCode.Done);
    }

    private static void Write(string path, string shown, string text)
    {
        try
        {
            // CreateNew: what is there is somebody's work.
            using var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write);
            file.Write(Encoding.UTF8.GetBytes(text));
        }
        catch (IOException) when (File.Exists(path))
        {
            throw new CommandFailedException(ExitCode.Failed, $"{shown} is there already; init never overwrites it", $"try: mainstay check -f {shown}");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandFailedException(ExitCode.Failed, $"{shown} cannot be written: {e.Message}", "try: mainstay init <folder> with a folder that you may write to");
        }
    }
}
