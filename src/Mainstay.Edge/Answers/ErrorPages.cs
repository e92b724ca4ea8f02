using System.Collections.Frozen;

namespace Mainstay.Edge.Answers;

/// <summary>The operator's own pages (NNN.html); built-in ones otherwise. Read once per snapshot, never during a request.</summary>
internal sealed class ErrorPages(FrozenDictionary<int, byte[]> own)
{
    private const long MaxBytes = 512 * 1024;

    public static readonly ErrorPages BuiltIn = new(FrozenDictionary<int, byte[]>.Empty);

    public byte[]? Own(int status) => own.GetValueOrDefault(status);

    /// <summary>A directory that is missing or unreadable yields the built-in pages, and the reason for the log.</summary>
    public static (ErrorPages Pages, string? Trouble) Load(string? directory)
    {
        if (directory is null)
        {
            return (BuiltIn, null);
        }

        try
        {
            var pages = new Dictionary<int, byte[]>();
            foreach (var file in new DirectoryInfo(directory).EnumerateFiles("*.html"))
            {
                if (file.Length <= MaxBytes && Path.GetFileNameWithoutExtension(file.Name) is { Length: 3 } name && int.TryParse(name, out var status))
                {
                    pages[status] = File.ReadAllBytes(file.FullName);
                }
            }

            return (new(pages.ToFrozenDictionary()), null);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return (BuiltIn, e.Message);
        }
    }
}
