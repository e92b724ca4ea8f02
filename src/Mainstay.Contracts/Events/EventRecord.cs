namespace Mainstay.Contracts.Events;

/// <summary>One thing that happened, as <c>events</c> shows it. <paramref name="Kind"/> is a stable dotted word such as <c>instance.exited</c>.</summary>
public sealed record EventRecord(long Id, DateTimeOffset At, string Kind, string? Service, string? Instance, string Because);
