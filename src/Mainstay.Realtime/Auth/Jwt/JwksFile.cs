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
        var file = new FileInfo(path);
        lock (_reading)
        {
            // One stat for a handshake; notifications would be lost on network file systems and across atomic replacements of a folder's link.
            if (file.Exists && (file.LastWriteTimeUtc, file.Length) != _seen)
            {
                _seen = (file.LastWriteTimeUtc, file.Length);
                Read();
            }

            return _ring;
        }
    }

    public Task RefreshAsync(CancellationToken token) => Task.CompletedTask;

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
