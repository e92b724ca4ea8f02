using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using Mainstay.Realtime.Auth;
using Mainstay.Realtime.Hub.Access;

namespace Mainstay.Realtime.Hub.Sockets;

/// <summary>
/// Licences of devices that have no tokens: a file of lines <c>BRANCH DEVICE SHA256</c>, the last the hash, in hex, of a key that only the device has. It is read again when it changes, so that a
/// licence can be withdrawn; a file that has become unreadable leaves the last good one in force.
/// </summary>
internal sealed class LicenceFile(string path, ImmutableDictionary<string, DeviceAddress> licences)
{
    /// <summary>A key is a secret of its own, so its plain hash is safe only if nobody can go through all keys.</summary>
    public const int MinKeyLength = 32;

    private const int MaxBytes = 4 << 20;

    /// <summary>Of wrong lines: more than these, and the whole file is something else.</summary>
    private const int MaxNamed = 10;

    private readonly Lock _gate = new();
    private ImmutableDictionary<string, DeviceAddress> _licences = licences;
    private (DateTime, long) _stamp = Stamp(path);

    /// <summary>The file, or why it cannot be used, as the end of a sentence.</summary>
    public static (LicenceFile? File, string Fault) Open(string path)
    {
        var (licences, fault) = Read(path);
        return licences is null ? (null, fault) : (new(path, licences), "");
    }

    /// <summary>Null when there is none for this key.</summary>
    public Licence? Find(string key)
    {
        if (key.Length < MinKeyLength)
        {
            return null;
        }

        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)));
        return Current().TryGetValue(hash, out var device) ? new(hash, device) : null;
    }

    /// <summary>All that are in force, by their hashes.</summary>
    public ImmutableDictionary<string, DeviceAddress> All => Current();

    private ImmutableDictionary<string, DeviceAddress> Current()
    {
        lock (_gate)
        {
            var stamp = Stamp(path);
            if (stamp != _stamp && Read(path).Licences is { } changed)
            {
                (_licences, _stamp) = (changed, stamp);
            }

            return _licences;
        }
    }

    private static (ImmutableDictionary<string, DeviceAddress>? Licences, string Fault) Read(string path)
    {
        if (!Path.IsPathRooted(path))
        {
            return (null, "is not an absolute path");
        }

        var (bytes, fault) = BoundedFile.Read(path, MaxBytes);
        if (bytes is null)
        {
            return (null, fault);
        }

        var licences = ImmutableDictionary.CreateBuilder<string, DeviceAddress>(StringComparer.Ordinal);
        var (number, bad) = (0, new List<int>());
        foreach (var line in Encoding.UTF8.GetString(bytes).Split('\n'))
        {
            number++;
            var words = line.Split((char[])[' ', '\t', '\r'], StringSplitOptions.RemoveEmptyEntries);
            if (words.Length == 0 || words[0].StartsWith('#'))
            {
                continue;
            }

            if (words is not [var branch, var device, { Length: 64 } hash] || !HubName.IsValid(branch) || !HubName.IsValid(device) || !hash.All(char.IsAsciiHexDigit) || !licences.TryAdd(hash.ToLowerInvariant(), new(new(branch), device)))
            {
                bad.Add(number);
            }
        }

        return bad switch
        {
            [] => (licences.ToImmutable(), ""),
            [var only] => (null, FormattableString.Invariant($"names a file whose line {only} is not BRANCH DEVICE SHA256, each hash once")),
            _ => (null, $"names a file whose lines {string.Join(", ", bad.Take(MaxNamed))}{(bad.Count > MaxNamed ? " and more" : "")} are not BRANCH DEVICE SHA256, each hash once"),
        };
    }

    private static (DateTime, long) Stamp(string path)
    {
        var file = new FileInfo(path);
        return file.Exists ? (file.LastWriteTimeUtc, file.Length) : default;
    }
}
