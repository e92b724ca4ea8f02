using System.Globalization;
using System.Text;
using Mainstay.Linux.Files;

namespace Mainstay.SegmentLog;

/// <summary>How far somebody has come in a log: the offset of the first record that is still to be dealt with. One owner at a time.</summary>
public sealed class LogGroup
{
    private readonly string _file;

    private LogGroup(string file, long position) => (_file, Position) = (file, position);

    /// <summary>0 for a group that never committed.</summary>
    public long Position { get; private set; }

    /// <summary>On disk when this returns: a crash finds the old position or this one.</summary>
    public void Commit(long position)
    {
        DurableFile.Replace(_file, Encoding.ASCII.GetBytes(position.ToString(CultureInfo.InvariantCulture)));
        Position = position;
    }

    internal static LogGroup Open(string directory, string name)
    {
        if (name.Length is 0 or > 100 || !name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_'))
        {
            throw new ArgumentException($"\"{name}\" is no name for a group: letters, digits, - and _, at most 100", nameof(name));
        }

        Directory.CreateDirectory(directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var file = Path.Combine(directory, name);
        return new(file, File.Exists(file) && long.TryParse(File.ReadAllText(file), NumberStyles.None, CultureInfo.InvariantCulture, out var position) ? position : 0);
    }
}
