using Mainstay.Realtime.Hub.Requests;

namespace Mainstay.Realtime.Tests.Hub.Requests;

/// <summary>Hub, network and device with all their deaths, by seed. A failure names its seed.</summary>
public class RequestSimulationTests
{
    private const int Seeds = 1000;

    [Fact]
    public void The_simulation_reaches_every_phase_and_sends_again_what_the_device_did_not_have()
    {
        var (seen, sentAgain, restarts) = (new HashSet<RequestPhase>(), 0, 0);
        for (var seed = 0; seed < 100; seed++)
        {
            var run = new Run(seed, new RequestPolicy { GiveUpAfter = TimeSpan.FromSeconds(30) });
            run.Live(300);
            seen.UnionWith(run.Seen);
            sentAgain += run.SentAgain;
            restarts += run.Restarts;
        }

        Assert.Equal(Enum.GetValues<RequestPhase>(), seen.Order());
        Assert.True(sentAgain > 100, $"{sentAgain} sent again");
        Assert.True(restarts > 100, $"{restarts} restarts");
    }

    [Fact]
    public void With_kept_keys_nothing_is_ever_sent_that_the_device_has_and_every_outcome_is_true()
    {
        for (var seed = 0; seed < Seeds; seed++)
        {
            var run = new Run(seed, new RequestPolicy { KeyKept = TimeSpan.FromDays(30), UnknownKept = TimeSpan.FromDays(30) });
            run.Live(300);
            Assert.True(run.Device.Repeats == 0, $"seed {seed}: a key came {run.Device.Repeats} times to a device that had it");
            run.CheckTruth();
        }
    }

    [Fact]
    public void With_keys_that_are_forgotten_the_device_still_does_each_once_and_every_request_ends()
    {
        for (var seed = 0; seed < Seeds; seed++)
        {
            var run = new Run(seed, new RequestPolicy { KeyKept = TimeSpan.FromSeconds(20), UnknownKept = TimeSpan.FromSeconds(60), GiveUpAfter = TimeSpan.FromSeconds(30) });
            run.Live(300);
            Assert.All(run.Device.Executions, e => Assert.True(e.Value <= 1, $"seed {seed}: {e.Key} was done {e.Value} times"));
        }
    }

    private sealed class Run
    {
        private readonly int _seed;
        private readonly Random _random;
        private readonly SimulatedHub _hub;
        private readonly Queue<ToDevice> _down = [];
        private readonly List<ToHub> _up = [];
        private DateTimeOffset _now = Requests.Now;
        private long _connection;
        private bool _connected;
        private int _ids;

        public Run(int seed, RequestPolicy policy)
        {
            (_seed, _random) = (seed, new Random(seed));
            _hub = new(_random, policy);
            Device = new(_random, forgetsToCancel: seed % 3 == 0);
        }

        public SimulatedDevice Device { get; }

        public HashSet<RequestPhase> Seen { get; } = [];

        public int SentAgain => _hub.SentAgain;

        public int Restarts { get; private set; }

        public void Live(int steps)
        {
            for (var i = 0; i < steps; i++)
            {
                Step();
            }

            // Faults stop. What is under way must end by itself.
            _hub.KillOneIn = int.MaxValue;
            for (var i = 0; i < 5000 && _hub.Disk.Values.Any(r => !r.Phase.HasEnded()); i++)
            {
                _now += TimeSpan.FromSeconds(1);
                Connect();
                Pump(faults: false);
                Say(Device.Work(), faults: false);
                Hub(q => q.Woke(_now));
            }

            Assert.True(_hub.Disk.Values.All(r => r.Phase.HasEnded()), $"seed {_seed}: {string.Join(", ", _hub.Disk.Values.Where(r => !r.Phase.HasEnded()))}");
        }

        public void CheckTruth()
        {
            Assert.False(_hub.Overtaken, $"seed {_seed}: the order of a target was broken");
            Assert.True(_hub.Contradictions == 0, $"seed {_seed}: the device did what was told to be not done");
            foreach (var request in _hub.Disk.Values)
            {
                var times = Device.Executions.GetValueOrDefault(request.Spec.Key);
                var agrees = request.Phase switch
                {
                    RequestPhase.Done => times == 1,
                    RequestPhase.Unknown => times <= 1,
                    _ => times == 0,
                };
                Assert.True(agrees, $"seed {_seed}: {request.Id} is {request.Phase} ({request.Because}), and was done {times} times");
                Assert.True(!_hub.Told.TryGetValue(request.Id, out var told) || !told.HasEnded() || told == request.Phase || told is RequestPhase.Unknown, $"seed {_seed}: {request.Id} was told as {told}");
            }
        }

        private void Step()
        {
            _now += TimeSpan.FromMilliseconds(_random.Next(20) == 0 ? _random.Next(120_000) : _random.Next(3000));
            switch (_random.Next(12))
            {
                case 0 or 1:
                    Ask();
                    break;
                case 2 when _hub.Disk.Count > 0:
                    var some = _hub.Disk.Keys.OrderBy(k => k.Value, StringComparer.Ordinal).ElementAt(_random.Next(_hub.Disk.Count));
                    if (_random.Next(4) == 0)
                    {
                        Hub(q => q.Heard(some, new(RequestEventKind.CancelAsked), _now));
                    }

                    break;
                case 3 when _random.Next(3) == 0:
                    Break();
                    break;
                case 4 or 5:
                    Connect();
                    break;
                case 6:
                    Say(Device.Work(), faults: true);
                    break;
                case 7 when _random.Next(10) == 0:
                    _hub.Restart(_now);
                    Fell();
                    break;
                default:
                    Pump(faults: true);
                    break;
            }

            Hub(q => q.Woke(_now));
        }

        private void Ask()
        {
            var (key, part) = ($"k{_random.Next(12)}", "");
            part = $"p{key.Length % 2 + key[1] % 2}";
            var id = new RequestId($"r{++_ids}");
            Hub(q => q.Ask(id, Requests.Asked(key, part, ttl: 5 + _random.Next(120)), _now).Decision);
        }

        private void Connect()
        {
            if (!_connected)
            {
                _connected = true;
                _connection++;
                Hub(q => q.Connected(_connection, _now));
            }
        }

        /// <summary>The device drops what it has not read; what it said may be on its way.</summary>
        private void Break()
        {
            if (_connected)
            {
                _connected = false;
                _down.Clear();
                Hub(q => q.Disconnected(_connection, _now));
            }
        }

        private void Fell()
        {
            Restarts++;
            _connected = false;
            _down.Clear();
            _up.Clear();
        }

        private void Pump(bool faults)
        {
            while (_down.Count > 0 && (!faults || _random.Next(3) > 0) && _down.TryDequeue(out var message))
            {
                Say(Device.Read(message), faults);
            }

            while (_up.Count > 0 && (!faults || _random.Next(3) > 0))
            {
                var answer = _up[0];
                _up.RemoveAt(0);
                Hub(q => q.Heard(answer.Id, answer.Event, _now));
            }
        }

        /// <summary>What a device says is lost when the connection is, and now and then comes twice, the second time late.</summary>
        private void Say(IEnumerable<ToHub> answers, bool faults)
        {
            foreach (var answer in answers)
            {
                if (!_connected || (faults && _random.Next(10) == 0))
                {
                    continue;
                }

                _up.Add(answer);
                if (faults && _random.Next(5) == 0)
                {
                    _up.Insert(_random.Next(_up.Count + 1), answer);
                    _up.Add(answer);
                }
            }
        }

        private void Hub(Func<RequestQueue, QueueDecision> what)
        {
            _hub.Do(what, _now);
            if (_hub.WasKilled)
            {
                _hub.Outbox.RemoveAll(_ => _random.Next(2) == 0);
            }

            foreach (var message in _hub.Outbox.ToArray())
            {
                if (_connected)
                {
                    _down.Enqueue(message);
                }
            }

            _hub.Outbox.Clear();
            if (_hub.WasKilled)
            {
                // Some of what it wrote was read before the connection fell.
                Pump(faults: true);
                Fell();
            }

            var busy = _hub.Disk.Values.Where(r => r.Phase.HoldsTarget()).GroupBy(r => r.Spec.Target).Where(g => g.Count() > 1);
            Assert.True(!busy.Any(), $"seed {_seed}: two in flight: {string.Join(", ", busy.SelectMany(g => g))}");
            Seen.UnionWith(_hub.Disk.Values.Select(r => r.Phase));
        }
    }
}
