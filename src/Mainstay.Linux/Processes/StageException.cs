namespace Mainstay.Linux.Processes;

/// <summary>Carries a failed stage out of the depth of a spawn; it never leaves <see cref="Spawner"/>.</summary>
internal sealed class StageException(SpawnStage stage, int errno, string message) : Exception(message)
{
    public SpawnStage Stage { get; } = stage;

    public int Errno { get; } = errno;
}
