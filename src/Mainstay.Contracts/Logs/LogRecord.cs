using System.Text.Json.Serialization;
using Mainstay.Contracts.Api;

namespace Mainstay.Contracts.Logs;

[JsonConverter(typeof(LowerCaseEnumConverter<LogStream>))]
public enum LogStream
{
    Out,
    Err,

    /// <summary>Mainstay's own remark about the instance, such as its exit.</summary>
    Sys,
}

/// <summary>One line that a service wrote. <paramref name="Text"/> has no line end; bytes that are not UTF-8 were replaced.</summary>
/// <param name="Continues">The line was too long, or its end never came in time: the next record of this instance and stream goes on where this one stops.</param>
public sealed record LogRecord(DateTimeOffset At, string Instance, LogStream Stream, string Text, bool Continues = false);
