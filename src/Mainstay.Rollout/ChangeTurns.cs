namespace Mainstay.Rollout;

/// <summary>
/// Who may change services now. A rollout wants to be alone, from the first look at its sources to the last mark on its releases: its plan says what
/// serves. Other changes go beside each other. An end of everything waits for nobody, and nothing begins until it is over.
/// </summary>
public sealed class ChangeTurns
{
    private readonly Lock _gate = new();
    private readonly List<Turn> _beside = [];
    private Turn? _alone;
    private int _stopping;

    /// <summary>For a rollout. Null when it would not be alone, and <paramref name="holder"/> says who is there.</summary>
    public IDisposable? TakeAlone(string what, out string holder)
    {
        lock (_gate)
        {
            holder = _stopping > 0 ? "everything is being stopped" : (_alone ?? _beside.FirstOrDefault())?.What ?? "";
            return holder.Length > 0 ? null : new Given(this, _alone = new(what));
        }
    }

    /// <summary>For any other change. Null while a rollout has its turn, and <paramref name="holder"/> says whose.</summary>
    public IDisposable? TakeBeside(string what, out string holder)
    {
        lock (_gate)
        {
            holder = _stopping > 0 ? "everything is being stopped" : _alone?.What ?? "";
            if (holder.Length > 0)
            {
                return null;
            }

            var turn = new Turn(what);
            _beside.Add(turn);
            return new Given(this, turn);
        }
    }

    /// <summary>From now on nothing begins, until the answer is disposed; a rollout that is planned meanwhile does not begin either.</summary>
    public IDisposable Stop()
    {
        lock (_gate)
        {
            _stopping++;
            return new Given(this, new("the end of everything"));
        }
    }

    /// <summary>Begins something unless everything is being stopped; the two exclude each other.</summary>
    internal bool TryBegin(Action begin)
    {
        lock (_gate)
        {
            if (_stopping > 0)
            {
                return false;
            }

            begin();
            return true;
        }
    }

    private void GiveBack(Turn turn)
    {
        lock (_gate)
        {
            if (turn == _alone)
            {
                _alone = null;
            }
            else if (!_beside.Remove(turn))
            {
                _stopping--;
            }
        }
    }

    private sealed class Turn(string what)
    {
        public string What => what;
    }

    private sealed class Given(ChangeTurns turns, Turn turn) : IDisposable
    {
        private int _isGivenBack;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _isGivenBack, 1) == 0)
            {
                turns.GiveBack(turn);
            }
        }
    }
}
