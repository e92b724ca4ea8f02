using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Mainstay.Rollout.Releases;
using Mainstay.Spec.Model;

namespace Mainstay.Rollout.Backups;

/// <summary>Backups on disk: <c>ROOT/SERVICE/ID/</c>, for the owner's eyes only.</summary>
/// <param name="root">The home's <c>backups</c>.</param>
public sealed class BackupStore(string root, TimeProvider time)
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const UnixFileMode Passable = OwnerOnly | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
    private const string Trash = ".trash-";
    private const string Test = ".test-";

    /// <summary>Bytes that are free where backups lie.</summary>
    public long FreeBytes
    {
        get
        {
            Directory.CreateDirectory(root, OwnerOnly);
            return new DriveInfo(root).AvailableFreeSpace;
        }
    }

    /// <summary>Newest first; only whole ones.</summary>
    public ImmutableArray<BackupRecord> List(ServiceName service) => !Directory.Exists(Folder(service)) ? [] :
    [
        .. Directory.GetFiles(Folder(service), "*.json")
            .Select(Read)
            .OfType<BackupRecord>()
            .Where(b => Directory.Exists(b.Directory))
            .OrderByDescending(b => b.MadeAt)
            .ThenByDescending(b => b.Id, StringComparer.Ordinal),
    ];

    /// <param name="isForOther">Another user's command will write into it, and must come to it by its name. Whoever makes the home passable makes <c>backups</c> so.</param>
    internal (string Id, string Directory) Begin(ServiceName service, bool isForOther)
    {
        Directory.CreateDirectory(root, OwnerOnly);
        Directory.CreateDirectory(Folder(service), OwnerOnly);
        File.SetUnixFileMode(Folder(service), isForOther ? Passable : OwnerOnly);
        RemoveLeftovers(service);
        var name = time.GetUtcNow().UtcDateTime.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);
        var id = name;
        for (var n = 2; Path.Exists(Path.Combine(Folder(service), id)); n++)
        {
            id = string.Create(CultureInfo.InvariantCulture, $"{name}-{n}");
        }

        return (id, Directory.CreateDirectory(Path.Combine(Folder(service), id), OwnerOnly).FullName);
    }

    /// <summary>An empty directory to try a restore in.</summary>
    internal string Scratch(ServiceName service, string id) => Directory.CreateDirectory(Path.Combine(Folder(service), Test + id), OwnerOnly).FullName;

    internal void Keep(BackupRecord backup, int keep)
    {
        DurableText.Replace(backup.Directory + ".json", JsonSerializer.SerializeToUtf8Bytes(backup, BackupJson.Default.BackupRecord));
        foreach (var old in List(backup.Service).Skip(Math.Max(1, keep)))
        {
            // Renamed first: after a crash a backup is there whole or not at all.
            var trash = Path.Combine(Folder(old.Service), Trash + old.Id);
            Directory.Move(old.Directory, trash);
            File.Delete(old.Directory + ".json");
            FileTree.Delete(trash);
        }
    }

    private void RemoveLeftovers(ServiceName service)
    {
        foreach (var folder in Directory.GetDirectories(Folder(service)).Where(f => !File.Exists(f + ".json")))
        {
            FileTree.Delete(folder);
        }

        // A crash between a backup's renaming and the removal of what is known of it, or in the middle of writing that down.
        foreach (var orphan in Directory.GetFiles(Folder(service), "*.json").Where(f => !Directory.Exists(f[..^".json".Length])).Concat(Directory.GetFiles(Folder(service), "*.new")))
        {
            File.Delete(orphan);
        }
    }

    private string Folder(ServiceName service) => Path.Combine(root, service.Value);

    private static BackupRecord? Read(string file)
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(file), BackupJson.Default.BackupRecord);
        }
        catch (Exception e) when (e is JsonException or IOException or UnauthorizedAccessException)
        {
            // Damaged or just removed: not a backup that anybody should be offered.
            return null;
        }
    }
}
