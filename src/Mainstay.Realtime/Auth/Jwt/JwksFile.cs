using Microsoft.Extensions.Logging;

namespace Mainstay.Realtime.Auth.Jwt;

/// <summary>A key set in a file, read again when the file has changed. A file that is gone or cannot be read leaves the keys as they are.</summary>
public sealed class JwksFile(string path, ILogger logger) : IKeySource
{
    private readonly Lock _reading = new();
    private JwtKeyRing _ring = JwtKeyRing.Empty with { Complete = false };
    private (DateTime Changed, long Length) _seen;

    public JwtKeyRing Current()
    {
        lock (_reading)
        {
            // One look for a handshake, since notifications are lost on network file systems. By a handle, since a name may lead through links that change while their own dates do not.
            if (Look() is { } found && found != _seen)
            {
                _seen = found;
                Read();
            }

            return _ring;
        }
    }

    public Task RefreshAsync(CancellationToken token) => Task.CompletedTask;

    private (DateTime Changed, long Length)? Look()
    {
        try
        {
            using var file = File.OpenHandle(path);
            return (File.GetLastWriteTimeUtc(file), RandomAccess.GetLength(file));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Away for the moment of a replacement, or for good: the keys stay.
            return null;
        }
    }

    private void Read()
    {
        var (bytes, fault) = BoundedFile.Read(path, JwksText.MaxBytes);
        var (keys, unusable) = bytes is null ? ([], fault) : JwksText.Read(bytes);
        if (unusable.Length > 0)
        {
            logger.KeysNotLoaded("the JWKS file", unusable);
            return;
        }

        _ring = new(keys);
        logger.KeysLoaded("the JWKS file", keys.Length);
    }
}
