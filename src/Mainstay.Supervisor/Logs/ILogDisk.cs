using Mainstay.Contracts.Logs;

namespace Mainstay.Supervisor.Logs;

/// <summary>The files of the log capture, as narrow as the protocol needs them; the tests have one that dies or fills up at any call.</summary>
/// <remarks>Every method may throw an <see cref="IOException"/> (the disk is full, broken or read-only) after having done a part.</remarks>
internal interface ILogDisk
{
    /// <summary>Opens the log folder of a service, made if need be.</summary>
    IServiceFiles OpenService(string service);

    /// <summary>Opens a spool, made empty if need be.</summary>
    ISpoolFile OpenSpool(string name);

    /// <summary>Null when there is no such spool.</summary>
    ISpoolFile? FindSpool(string name);
}

/// <summary>One service's log folder.</summary>
internal interface IServiceFiles : IDisposable
{
    /// <summary>Whether the current file is there under its name. A person may have removed or moved it.</summary>
    bool CurrentExists { get; }

    /// <summary>Length of the current file in bytes.</summary>
    long Length { get; }

    /// <summary>Numbers of the finished files, ascending.</summary>
    int[] Numbers();

    /// <summary>Makes the current file if it is not there, and opens it.</summary>
    void OpenCurrent();

    /// <summary>Writes into the current file.</summary>
    void Write(ReadOnlySpan<byte> data, long offset);

    /// <summary>Reads from the current file.</summary>
    int Read(Span<byte> buffer, long offset);

    /// <summary>Renames the current file to that of a number.</summary>
    void FinishCurrent(int number);

    void Delete(int number);

    int ReadCursor(Span<byte> buffer);

    void WriteCursor(ReadOnlySpan<byte> slot, int index);
}

/// <summary>The file that captured bytes of one stream go through on their way from the pipe to the log.</summary>
internal interface ISpoolFile : IDisposable
{
    string Name { get; }

    long Length { get; }

    int Read(Span<byte> buffer, long offset);

    void Write(ReadOnlySpan<byte> data, long offset);

    void Truncate(long length);

    /// <summary>Puts a new file of that content in the place of this one, at once for every observer.</summary>
    void Replace(ReadOnlySpan<byte> content);

    void Remove();
}

/// <summary>The reading side of a service's stdout or stderr.</summary>
internal interface IPipe : IDisposable
{
    /// <summary>Moves bytes from the pipe to the end of a spool in one system call: whatever is in the spool is no longer in the pipe, and the other way round, also when we are killed meanwhile. 0 when the pipe is empty.</summary>
    int MoveTo(ISpoolFile spool, long offset, int count);

    /// <summary>Reads and forgets. 0 when the pipe is empty.</summary>
    int Read(Span<byte> buffer);

    /// <summary>Removes the FIFO's name.</summary>
    void Remove();
}
