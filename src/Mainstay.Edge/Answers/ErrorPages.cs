using System.Collections.Frozen;

namespace Mainstay.Edge.Answers;

/// <summary>The operator's own pages (NNN.html); built-in ones otherwise. Read once per snapshot, never during a request.</summary>
internal sealed class ErrorPages(FrozenDictionary<int, byte[]> own)
{
    private const long MaxBytes = 512 * 1024;

    public static readonly ErrorPages BuiltIn = new(FrozenDictionary<int, byte[]>.Empty);

    public byte[]? Own(int status) => own.GetValueOrDefault(status);

    /// <summary>A directory that is missing or unreadable yields the built-in pages, a page that is too long the built-in one; both with the reason for the log.</summary>
    public static (ErrorPages Pages, string? Trouble) Load(string? directory)
    {
        if (directory is null)
        {
            return (BuiltIn, null);
        }

        try
        {
            var pages = new Dictionary<int, byte[]>();
            var tooLong = new List<string>();
            foreach (var file in new DirectoryInfo(directory).EnumerateFiles("*.html"))
            {
                if (Path.GetFileNameWithoutExtension(file.Name) is not { Length: 3 } name || !int.TryParse(name, out var status))
                {
                    continue;
                }

                if (file.Length > MaxBytes)
                {
                    tooLong.Add(file.Name);
                    continue;
                }

                pages[status] = File.ReadAllBytes(file.FullName);
            }

            return (new(pages.ToFrozenDictionary()), tooLong.Count == 0 ? null : $"larger than {MaxBytes / 1024} KB, the built-in page is used: {string.Join(", ", tooLong.Order())}");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return (BuiltIn, $"they cannot be read, the built-in ones are used: {e.Message}");
        }
    }
}
