using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Mainstay.Contracts.Rollouts;
using Mainstay.Rollout.Planning;
using Mainstay.Rollout.Sources;
using Mainstay.Spec.Model;

namespace Mainstay.Rollout.Releases;

/// <summary>Releases on disk: <c>ROOT/SERVICE/ID/</c> with what is known of each beside it.</summary>
/// <remarks>The rollout's loop is the one who writes; lists may be asked for at any time.</remarks>
/// <param name="root">The home's <c>releases</c>.</param>
public sealed class ReleaseStore(string root, TreeLimits limits, TimeProvider time)
{
    private const string Trash = ".trash-";

    // A service that runs as another user must be able to reach its release; only the names in between stay unlisted.
    private const UnixFileMode Passable =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    private static readonly string[] s_besides = [".json", ".files.json", ".source.json", ".build.log"];

    public string Root => root;

    /// <summary>Every service that has a release.</summary>
    public ImmutableArray<ServiceName> Services() => !Directory.Exists(root) ? [] :
        [.. Directory.GetDirectories(root).Select(d => Path.GetFileName(d)!).Where(n => !n.StartsWith('.')).Order(StringComparer.Ordinal).Select(n => new ServiceName(n))];

    /// <summary>Where the releases lie; null when nobody can tell.</summary>
    public long? FreeBytes()
    {
        try
        {
            Directory.CreateDirectory(root, Passable);
            return new DriveInfo(root).AvailableFreeSpace;
        }
        catch (IOException)
        {
            return null;
        }
    }

    /// <summary>Where bare mirrors of remote repositories are kept.</summary>
    public string Mirrors => Path.Combine(root, ".sources");

    public string DirectoryOf(ServiceName service, string id) => Path.Combine(root, service.Value, id);

    public string BuildLogOf(ServiceName service, string id) => Beside(service, id, ".build.log");

    /// <summary>A name that no release has; nothing on disk changes before <see cref="Begin"/>.</summary>
    public string NextId(ServiceName service, string sourceId) =>
        ReleaseId.Of(time.GetUtcNow(), sourceId, name => Path.Exists(DirectoryOf(service, name)) || File.Exists(Beside(service, name, ".json")));

    /// <summary>
    /// Makes an empty directory for a release to come, also where a daemon that died has left a part of one. What is known of it is on disk before the
    /// directory is, so that none is ever left without a name.
    /// </summary>
    public ReleaseRecord Begin(ServiceName service, string id, SourceState source)
    {
        Directory.CreateDirectory(root, Passable);
        Directory.CreateDirectory(Path.Combine(root, service.Value), Passable);
        var record = new ReleaseRecord(service, id, ReleaseState.Unfinished, source.Id, source.Commit, source.Label, time.GetUtcNow(), 0, 0, "", "it is being fetched and built");
        Save(record);
        Clear(service, id);
        return record;
    }

    /// <summary>Empties an unfinished release.</summary>
    public void Clear(ServiceName service, string id)
    {
        FileTree.Delete(DirectoryOf(service, id));
        Directory.CreateDirectory(DirectoryOf(service, id));
    }

    /// <summary>Removes what was made so far of a rollout's releases, those that are finished apart. Each stays known, and can be made from empty.</summary>
    public void DiscardUnfinished(RolloutMaterial material)
    {
        foreach (var (service, id) in material.Parts.Where(p => p is { SourceId: not null, IsMade: false }).Select(p => (p.To.Spec.Name, p.To.Release)))
        {
            if (Find(service, id) is { State: ReleaseState.Unfinished })
            {
                FileTree.Delete(DirectoryOf(service, id));
            }
        }
    }

    /// <summary>Writes down the source's files as fetched; call before the build.</summary>
    public SourceSnapshot KeepSource(ServiceName service, string id, CancellationToken token)
    {
        var snapshot = SourceSnapshot.Take(DirectoryOf(service, id), limits, token);
        Write(Beside(service, id, ".source.json"), snapshot, ReleaseJson.Default.SourceSnapshot);
        return snapshot;
    }

    /// <summary>Null when it was never written or cannot be read any more.</summary>
    public SourceSnapshot? SourceOf(ServiceName service, string id) => Read(Beside(service, id, ".source.json"), ReleaseJson.Default.SourceSnapshot);

    /// <summary>Ends the making of a release: <c>.git</c> goes, every file is written down with its hash.</summary>
    /// <exception cref="TreeLimitException">It has become larger than a release may be.</exception>
    public ReleaseRecord Seal(ServiceName service, string id, CancellationToken token)
    {
        var directory = DirectoryOf(service, id);
        GitCheckout.Forget(directory, limits);
        var seal = ReleaseSealing.Take(directory, limits, token);
        Write(Beside(service, id, ".files.json"), seal, ReleaseJson.Default.ReleaseSeal);
        var record = Find(service, id) ?? throw new InvalidOperationException($"release {id} of {service} was not begun");
        var built = record with
        {
            State = ReleaseState.Built,
            Files = seal.Files.Length,
            Bytes = seal.Files.Sum(f => f.Size),
            ContentHash = ReleaseSealing.Hash(seal),
            Because = "it is built and not yet proven",
        };
        Save(built);
        return built;
    }

    /// <summary>What is no longer as it was sealed; empty when the release is whole. Files that came on top are not looked at.</summary>
    public ImmutableArray<string> Verify(ServiceName service, string id, CancellationToken token) =>
        !Directory.Exists(DirectoryOf(service, id)) ? [$"{DirectoryOf(service, id)} does not exist"]
        : Read(Beside(service, id, ".files.json"), ReleaseJson.Default.ReleaseSeal) is not { } seal ? [$"the list of files of release {id} is missing or damaged"]
        : Find(service, id)?.ContentHash != ReleaseSealing.Hash(seal) ? [$"the list of files of release {id} is not the one that it was sealed with"]
        : ReleaseSealing.Differences(DirectoryOf(service, id), seal, token);

    /// <summary>Newest first.</summary>
    public ImmutableArray<ReleaseRecord> List(ServiceName service)
    {
        var folder = new DirectoryInfo(Path.Combine(root, service.Value));
        return !folder.Exists ? [] :
        [
            .. folder.EnumerateFiles("*.json")
                .Select(f => f.Name[..^".json".Length])
                .Where(ReleaseId.IsValid)
                .Select(id => Find(service, id))
                .OfType<ReleaseRecord>()
                .OrderByDescending(r => r.MadeAt)
                .ThenByDescending(r => r.Id, StringComparer.Ordinal),
        ];
    }

    public ReleaseRecord? Find(ServiceName service, string id) =>
        ReleaseId.IsValid(id) ? Read(Beside(service, id, ".json"), ReleaseJson.Default.ReleaseRecord) : null;

    public void Mark(ServiceName service, string id, ReleaseState state, string because)
    {
        if (Find(service, id) is { } record)
        {
            Save(record with { State = state, Because = because });
        }
    }

    /// <summary>Removes the oldest releases above <paramref name="keep"/> or <paramref name="maxBytes"/>, unfinished ones from before this daemon, and half-removed ones.</summary>
    /// <param name="protectedIds">Never removed: what serves, what a rollback would choose, what a rollout is about.</param>
    /// <returns>The ids that are gone.</returns>
    public ImmutableArray<string> Prune(ServiceName service, int keep, long maxBytes, IReadOnlySet<string> protectedIds, DateTimeOffset daemonStartedAt)
    {
        EmptyTrash(service);
        var all = List(service);
        var doomed = ReleasePruning.Choose(all, keep, maxBytes, protectedIds, daemonStartedAt);
        foreach (var id in doomed)
        {
            Remove(service, id);
        }

        return doomed;
    }

    private void Remove(ServiceName service, string id)
    {
        // A crash leaves a whole release or one that nobody takes for a release any more.
        var trash = Path.Combine(root, service.Value, Trash + id);
        if (Directory.Exists(DirectoryOf(service, id)))
        {
            Directory.Move(DirectoryOf(service, id), trash);
        }

        foreach (var ending in s_besides)
        {
            File.Delete(Beside(service, id, ending));
        }

        FileTree.Delete(trash);
    }

    private void EmptyTrash(ServiceName service)
    {
        var folder = Path.Combine(root, service.Value);
        foreach (var trash in Directory.Exists(folder) ? Directory.GetDirectories(folder, Trash + "*") : [])
        {
            var id = Path.GetFileName(trash)[Trash.Length..];
            foreach (var ending in s_besides)
            {
                File.Delete(Beside(service, id, ending));
            }

            FileTree.Delete(trash);
        }
    }

    private string Beside(ServiceName service, string id, string ending) => Path.Combine(root, service.Value, id + ending);

    private void Save(ReleaseRecord record) => Write(Beside(record.Service, record.Id, ".json"), record, ReleaseJson.Default.ReleaseRecord);

    private static void Write<T>(string path, T value, JsonTypeInfo<T> type) => DurableText.Replace(path, JsonSerializer.SerializeToUtf8Bytes(value, type));

    private static T? Read<T>(string path, JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            return File.Exists(path) ? JsonSerializer.Deserialize(File.ReadAllBytes(path), type) : null;
        }
        catch (Exception e) when (e is JsonException or IOException or UnauthorizedAccessException)
        {
            // Damaged or just removed: whoever asks treats it as not known, and what a release holds is then not proven.
            return null;
        }
    }
}
