namespace Mainstay.Supervisor.Probes;

/// <summary>How far a probe had come when its time was over; what a timeout says instead of nothing.</summary>
internal sealed class ProbeProgress
{
    private bool _inChain;

    public string Said { get; private set; } = "no answer";

    public void Connecting() => Say("no connection");

    public void Connected() => Say("connected, but no answer");

    public void Heard(HttpAnswer? answer)
    {
        if (answer is not null)
        {
            Say($"status {answer.Status} came, but the answer did not end");
        }
    }

    /// <summary>The probe has failed by a redirect already; from here on its chain is what there is to say.</summary>
    public void Redirected(string chain) => (_inChain, Said) = (true, chain + ": no answer");

    private void Say(string text) => Said = _inChain ? Said : text;
}
