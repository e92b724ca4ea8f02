namespace Mainstay.Contracts.Logs;

public enum LogStream
{
    Out,
    Err,

    /// <summary>Mainstay's own remark about the instance, such as its exit.</summary>
    Sys,
}

/// <summary>One line that a service wrote. <paramref name="Text"/> has no line end; bytes that are not UTF-8 were replaced.</summary>
public sealed record LogRecord(DateTimeOffset At, string Instance, LogStream Stream, string Text);
