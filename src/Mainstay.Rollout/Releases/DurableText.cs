namespace Mainstay.Rollout.Releases;

/// <summary>Small files that are whole after a crash: the old content or the new one, never a half.</summary>
/// <remarks>The directory itself is not synced: a power cut may bring back the old file, and whoever reads it then begins again from there.</remarks>
internal static class DurableText
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    public static void Replace(string path, ReadOnlySpan<byte> content)
    {
        var draft = path + ".new";
        File.Delete(draft);
        using (var file = new FileStream(draft, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = OwnerOnly }))
        {
            file.Write(content);
            file.Flush(flushToDisk: true);
        }

        File.Move(draft, path, overwrite: true);
    }
}
