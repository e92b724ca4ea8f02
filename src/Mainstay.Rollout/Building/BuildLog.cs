using System.Text;

namespace Mainstay.Rollout.Building;

/// <summary>A build's output, kept whole up to a bound.</summary>
internal sealed class BuildLog : IDisposable
{
    public const int MostBytes = 1 << 20;

    private readonly Lock _gate = new();
    private readonly FileStream _file;
    private long _written;
    private bool _full;

    /// <param name="path">Readable by the owner only: a build may print what it was given.</param>
    public BuildLog(string path)
    {
        File.Delete(path);
        _file = new(path, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.Read, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite });
    }

    /// <summary>May be called from several threads.</summary>
    public void Line(string text)
    {
        lock (_gate)
        {
            if (_full)
            {
                return;
            }

            var bytes = Encoding.UTF8.GetBytes(text + "\n");
            if (_written + bytes.Length > MostBytes)
            {
                _full = true;
                bytes = Encoding.UTF8.GetBytes("… more than 1 MB of output; the rest was left out\n");
            }

            _file.Write(bytes);
            _written += bytes.Length;
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _full = true;
            _file.Dispose();
        }
    }
}
