namespace Mainstay.Realtime.Hub.Quality;

/// <summary>How good a device's connection is, the worst first.</summary>
internal enum LinkGrade
{
    Poor,
    Fair,
    Good,
    Excellent,
}

internal static class LinkGrades
{
    public static string Word(this LinkGrade grade) => grade switch
    {
        LinkGrade.Poor => "poor",
        LinkGrade.Fair => "fair",
        LinkGrade.Good => "good",
        LinkGrade.Excellent => "excellent",
    };

    /// <summary>What one answered ping is worth.</summary>
    public static LinkGrade OfRoundTrip(TimeSpan roundTrip) => roundTrip.TotalMilliseconds switch
    {
        < 100 => LinkGrade.Excellent,
        < 250 => LinkGrade.Good,
        < 500 => LinkGrade.Fair,
        _ => LinkGrade.Poor,
    };

    /// <summary>The best that can be with so many pongs missed among the last twenty: over TCP a missed pong is a stall, not a lost packet, and each counts for 5 %.</summary>
    public static LinkGrade OfMissed(int missed) => missed switch
    {
        0 => LinkGrade.Excellent,
        1 => LinkGrade.Good,
        2 => LinkGrade.Fair,
        _ => LinkGrade.Poor,
    };
}
