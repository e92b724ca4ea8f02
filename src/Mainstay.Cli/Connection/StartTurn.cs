using Mainstay.Contracts;

namespace Mainstay.Cli.Connection;

/// <summary>The right to start the daemon of a home: a kernel lock that its holder's death releases.</summary>
internal sealed class StartTurn : IDisposable
{
    private readonly FileStream _file;

    private StartTurn(FileStream file) => _file = file;

    /// <summary>Null while somebody else has it.</summary>
    public static StartTurn? TryTake(HomeLayout home)
    {
        try
        {
            // FileShare.None is flock(LOCK_EX | LOCK_NB), also between threads of one process.
            return new(new FileStream(home.StartLock, new FileStreamOptions
            {
                Mode = FileMode.OpenOrCreate,
                Access = FileAccess.ReadWrite,
                Share = FileShare.None,
                UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
            }));
        }
        catch (IOException) when (File.Exists(home.StartLock))
        {
            return null;
        }
        catch (Exception e) when (e is UnauthorizedAccessException or IOException)
        {
            throw HomeFolder.Unusable(home, e.Message);
        }
    }

    public void Dispose() => _file.Dispose();
}
