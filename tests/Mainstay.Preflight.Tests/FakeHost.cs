using System.Collections.Immutable;
using System.Net;
using Mainstay.Linux.Files;
using Mainstay.Linux.Proc.Ports;
using Mainstay.Linux.Processes;
using Mainstay.Preflight.Host;
using Mainstay.Spec.Parsing;

namespace Mainstay.Preflight.Tests;

/// <summary>A host that exists only in a test: one user "app" (1000) beside root, files by path, ports by number.</summary>
internal sealed class FakeHost : IHostFacts
{
    private const UnixFileMode FolderMode = (UnixFileMode)0b111_101_101;

    private readonly Dictionary<string, (FileFacts Facts, string Text)> _files = [];
    private readonly List<PortHolder> _holders = [];

    public FakeHost()
    {
        foreach (var folder in (string[])["/", "/usr", "/usr/bin", "/srv", "/srv/shop", "/srv/shop/api", "/var", "/var/lib", "/var/lib/mainstay"])
        {
            AddFolder(folder);
        }

        AddFile("/usr/bin/node", 0b111_101_101);
    }

    public HostUser Self { get; set; } = new("root", 0, [0]);

    public string SearchPath { get; set; } = "/usr/local/bin:/usr/bin";

    public long MostOpenFiles { get; set; } = 1_048_576;

    public int FirstFreePort { get; set; } = 1024;

    public string MissingLimits { get; set; } = "";

    public long? Free { get; set; } = 50_000_000_000;

    public Dictionary<(string Address, int Port), PortAnswer> Answers { get; } = [];

    public void AddFolder(string path, int mode = (int)FolderMode, uint owner = 0) => _files[path] = (new(FileKind.Folder, (UnixFileMode)mode, owner, owner), "");

    public void AddFile(string path, int mode = 0b110_000_000, string text = "", uint owner = 0) =>
        _files[path] = (new(FileKind.Regular, (UnixFileMode)mode, owner, owner, text.Length), text);

    public void Remove(string path) => _files.Remove(path);

    public void Hold(string address, int port, RunBy runBy, params ReadOnlySpan<string> command)
    {
        var socket = new PortListener(IPAddress.Parse(address), port, port, 0);
        _holders.Add(new(socket, new PortProcess(new ProcessIdentity(4711, 1), command[0], [.. command], runBy), [4711]));
        Answers[(address, port)] = PortAnswer.Held;
        if (socket.IsWildcard)
        {
            Answers[("127.0.0.1", port)] = Answers[("0.0.0.0", port)] = Answers[("::", port)] = PortAnswer.Held;
        }
        else
        {
            Answers[("0.0.0.0", port)] = PortAnswer.Held;
        }
    }

    public HostUser? FindUser(string nameOrId) => nameOrId switch
    {
        "root" or "0" => new("root", 0, [0]),
        "app" or "1000" => new("app", 1000, [1000]),
        "other" or "1001" => new("other", 1001, [1001]),
        _ => null,
    };

    public FileFacts Look(string path) => _files.TryGetValue(path, out var file) ? file.Facts : default;

    public FileText Read(string path, int mostBytes) => _files.TryGetValue(path, out var file) ? new(file.Text, null) : FileText.NotThere;

    public long? FreeBytes(string path) => Free;

    public PortAnswer Ask(IPAddress address, int port) => Answers.GetValueOrDefault((address.ToString(), port));

    public ImmutableArray<PortHolder> Holders(IReadOnlySet<int> ports) => [.. _holders.Where(h => ports.Contains(h.Socket.Port))];
}
