using System.Text;

namespace Mainstay.Rollout.Building;

/// <summary>A build's output, kept whole up to a bound. A disk that refuses does not end the build: the log ends, and says why to whoever asks.</summary>
internal sealed class BuildLog(Stream file) : IDisposable
{
    public const int MostBytes = 1 << 20;

    private readonly Lock _gate = new();
    private long _written;
    private bool _hasEnded;

    /// <summary>Why the log is not whole; null as long as it is, or is cut only because it is too long.</summary>
    public string? Fault { get; private set; }

    /// <param name="path">Readable by the owner only: a build may print what it was given.</param>
    public static BuildLog Create(string path)
    {
        File.Delete(path);

        // Unbuffered: what cannot be written is known at once, and not when the log is closed.
        return new(new FileStream(path, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.Read, BufferSize = 0, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite }));
    }

    /// <summary>May be called from several threads.</summary>
    public void Line(string text)
    {
        lock (_gate)
        {
            if (_hasEnded)
            {
                return;
            }

            var bytes = Encoding.UTF8.GetBytes(text + "\n");
            if (_written + bytes.Length > MostBytes)
            {
                _hasEnded = true;
                bytes = Encoding.UTF8.GetBytes("… more than 1 MB of output; the rest was left out\n");
            }

            try
            {
                file.Write(bytes);
                _written += bytes.Length;
            }
            catch (IOException e)
            {
                Fault = e.Message;
                _hasEnded = true;
            }
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _hasEnded = true;
            file.Dispose();
        }
    }
}
