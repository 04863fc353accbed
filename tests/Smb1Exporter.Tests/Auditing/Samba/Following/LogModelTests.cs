using Smb1Exporter.Auditing;
using Smb1Exporter.Auditing.Samba.Following;
using Smb1Exporter.TestSupport;

namespace Smb1Exporter.Tests.Auditing.Samba.Following;

/// <summary>Random histories of a log, its rotation, crashes of the reader and commits that fail.</summary>
public class LogModelTests
{
    [LinuxFact]
    public void Whatever_happens_to_the_log_every_record_that_was_not_destroyed_unread_is_committed_exactly_once()
    {
        var first = RandomSeed.Given ?? Random.Shared.Next(1_000_000);
        var histories = RandomSeed.Given is null ? 150 : 1;
        for (var seed = first; seed < first + histories; seed++)
        {
            using var history = new History(seed);
            try
            {
                history.Run(steps: 60);
            }
            catch (Exception e)
            {
                Assert.Fail($"{RandomSeed.Tell(seed)}\n{history.Did}\n{e}");
            }
        }
    }

    private sealed class History(int seed) : IDisposable
    {
        private readonly Random _random = new(seed);
        private readonly LogRig _rig = new(seed % 3 == 0 ? "log.%m" : "audit.log", new LogFollowerLimits
        {
            BatchItems = 1 + (seed % 7),
            ChunkBytes = 200 + (seed % 500),
            OpenFiles = 64,
        });

        private readonly List<string> _did = [];
        private readonly HashSet<int> _mayBeLost = [];
        private readonly Dictionary<string, string> _pending = [];
        private readonly Dictionary<string, List<int>> _content = [];
        private bool _destroyed;
        private bool _mayTellGap;

        /// <summary>What was done so far, in its order.</summary>
        public string Did => "  " + string.Join("\n  ", _did);

        private bool SeveralFiles => seed % 3 == 0;

        public void Run(int steps)
        {
            Append();
            for (var i = 0; i < steps; i++)
            {
                Step();
            }

            foreach (var name in _pending.Keys.ToList())
            {
                FinishLine(name);
            }

            Do("poll", () => _rig.Poll().Poll());
            Verify();
        }

        public void Dispose() => _rig.Dispose();

        private void Step()
        {
            switch (_random.Next(18))
            {
                case < 4:
                    Append();
                    break;
                case 4:
                    AppendPart();
                    break;
                case 5:
                    Rotate();
                    break;
                case 6:
                    CopyTruncate();
                    break;
                case 7:
                    Do("crash", () => _rig.Restart());
                    break;
                case 8:
                    Do("read and crash before the commit", () =>
                    {
                        _rig.ReadOnce();
                        _rig.Restart();
                    });
                    break;
                case 9:
                    Do("read, and the commit fails", () => _rig.ReadOnce());
                    break;
                case 10:
                    Do("read some", () => _rig.Commit(_rig.ReadOnce()));
                    break;
                case 11 when _random.Next(4) == 0:
                    Destroy();
                    break;
                case 15:
                    Trim();
                    break;
                case 16:
                    AppendGlued();
                    break;
                case 17 when _random.Next(4) == 0:
                    _mayTellGap = true;
                    Do("the disk is full for a look", () =>
                    {
                        _rig.FileSystem.IsFull = true;
                        _rig.Commit(_rig.ReadOnce());
                        _rig.FileSystem.IsFull = false;
                    });
                    break;
                case 12:
                    var time = TimeSpan.FromSeconds(_random.Next(2) == 0 ? 7 : 700);
                    Do($"{time} pass", () => _rig.Clock.Advance(time));
                    break;
                default:
                    Do("poll", () => _rig.Poll());
                    break;
            }
        }

        private string Name() => SeveralFiles ? $"log.client{_random.Next(3)}" : "audit.log";

        private void Append()
        {
            var name = Name();
            FinishLine(name);
            var numbers = Enumerable.Range(0, 1 + _random.Next(5)).Select(_ => _rig.Next()).ToList();
            Do($"append {numbers[0]} to {numbers[^1]} to {name}", () => _rig.Append(name, string.Concat(numbers.Select(number => LogRig.Line(number)))));
            _content.GetOrAdd(name).AddRange(numbers);
        }

        private void AppendPart()
        {
            var name = Name();
            FinishLine(name);
            var number = _rig.Next();
            var line = LogRig.Line(number, _random.Next(4) == 0 ? LongAccount() : "nobody");
            var cut = 1 + _random.Next(line.Length - 1);
            Do($"append {cut} of {line.Length} bytes of {number} to {name}", () => _rig.Append(name, line[..cut]));
            _pending[name] = line[cut..];
            _content.GetOrAdd(name).Add(number);
        }

        /// <summary>So long that the record is longer than what is looked at of a line, and written in many pieces.</summary>
        private string LongAccount() => string.Concat(Enumerable.Repeat(new string('u', 4000) + " +>\n  ", 1 + _random.Next(30)));

        private void AppendGlued()
        {
            var name = Name();
            FinishLine(name);
            var numbers = new[] { _rig.Next(), _rig.Next() };
            Do($"append {numbers[0]} and {numbers[1]} without a line feed between them to {name}", () =>
                _rig.Append(name, LogRig.Line(numbers[0]).TrimEnd('\n') + LogRig.Line(numbers[1])));
            _content.GetOrAdd(name).AddRange(numbers);
        }

        /// <summary>Cuts oldest lines off, all of which are counted, in place or by another file in its place.</summary>
        private void Trim()
        {
            var name = Name();
            Do("poll", () => _rig.Poll());
            if (_pending.ContainsKey(name) || !_content.TryGetValue(name, out var numbers) || numbers.Count == 0)
            {
                return;
            }

            var committed = _rig.Numbers.ToHashSet();
            var counted = numbers.TakeWhile(committed.Contains).Count();
            var text = File.ReadAllText(_rig[name]);
            var begins = numbers.Select(number => text.IndexOf($":{number}\"", StringComparison.Ordinal)).Select(at => at < 0 ? -1 : text.LastIndexOf('\n', at) + 1).ToList();

            // The last line that was counted stays where there is more behind it: without it, nobody could tell what that is.
            var most = counted == numbers.Count ? counted : counted - 1;
            var cut = most <= 0 ? 0 : 1 + _random.Next(most);
            if (cut == 0 || begins.Contains(-1) || begins.Distinct().Count() != begins.Count)
            {
                return;
            }

            _mayTellGap = true;
            var rest = cut == numbers.Count ? "" : text[begins[cut]..];
            _content[name] = numbers[cut..];
            if (_random.Next(2) == 0)
            {
                Do($"trim {name} by {cut} of {numbers.Count} in place", () =>
                {
                    _rig.Truncate(name);
                    _rig.Append(name, rest);
                });
            }
            else
            {
                Do($"replace {name} by its end, without {cut} of {numbers.Count}", () =>
                {
                    _rig.Append("new", rest);
                    _rig.Move("new", name);
                });
            }

            // Edits of edits between two looks are beyond what anybody can tell.
            Do("poll", () => _rig.Poll());
        }

        private void FinishLine(string name)
        {
            if (_pending.Remove(name, out var rest))
            {
                Do($"finish the line of {name}", () => _rig.Append(name, rest));
            }
        }

        private void Rotate()
        {
            var name = Name();
            if (!_content.ContainsKey(name))
            {
                return;
            }

            Do($"rotate {name}", () => Shift(name));
            _rig.Move(name, $"{name}.1");
            Carry(name, $"{name}.1");
            if (_random.Next(2) == 0)
            {
                FinishLine($"{name}.1");
            }
        }

        private void CopyTruncate()
        {
            var name = Name();
            if (!_content.ContainsKey(name))
            {
                return;
            }

            FinishLine(name);
            Do($"copytruncate {name}", () => Shift(name));
            if (_random.Next(2) == 0)
            {
                File.Copy(_rig[name], _rig[$"{name}.1"]);
                Do("poll between copy and truncation", () => _rig.Poll());
                _rig.Truncate(name);
            }
            else
            {
                _rig.CopyTruncate(name, $"{name}.1");
            }

            Carry(name, $"{name}.1");
            _content[name] = [];
        }

        private void Shift(string name)
        {
            for (var i = 30; i > 0; i--)
            {
                if (File.Exists(_rig[$"{name}.{i}"]))
                {
                    _rig.Move($"{name}.{i}", $"{name}.{i + 1}");
                    Carry($"{name}.{i}", $"{name}.{i + 1}");
                }
            }
        }

        private void Carry(string from, string to)
        {
            if (_content.Remove(from, out var numbers))
            {
                _content[to] = numbers;
            }

            if (_pending.Remove(from, out var rest))
            {
                _pending[to] = rest;
            }
        }

        /// <summary>Removes a file, or truncates it without a copy, while nobody has it open.</summary>
        private void Destroy()
        {
            var names = _content.Keys.ToList();
            if (names.Count == 0)
            {
                return;
            }

            var name = names[_random.Next(names.Count)];
            var unread = _content[name].Except(_rig.Numbers).ToList();
            _destroyed = true;
            _pending.Remove(name);
            _mayBeLost.UnionWith(unread);
            _content.Remove(name);
            Do($"destroy {name} with {unread.Count} unread", () =>
            {
                _rig.Restart();
                var file = _rig.FileSystem.GetStatus(_rig[name])!.Value.Identity;
                var known = _rig.Position?.Rows.Keys.Any(key => key.EndsWith($":{file.Inode}:{file.Birth}", StringComparison.Ordinal)) == true;
                File.Delete(_rig[name]);
                var gaps = _rig.Gaps.Count;
                _rig.NotBefore = DateTimeOffset.MinValue;
                Append();
                _rig.Poll();
                Assert.True(!known || _rig.Gaps.Count > gaps, $"no gap though {name} was destroyed");
            });
        }

        private void Verify()
        {
            var seen = _rig.Numbers.CountBy(number => number).ToDictionary();
            var total = _rig.Next();
            for (var number = 0; number < total; number++)
            {
                var count = seen.GetValueOrDefault(number);
                Assert.True(count == 1 || (count == 0 && _mayBeLost.Contains(number)), $"record {number} was committed {count} times: {Places(number)}");
            }

            Assert.True(_destroyed || _mayTellGap || _rig.Gaps.Count == 0, $"a gap without a loss: {string.Join("; ", _rig.Gaps)}");
            Assert.True(_rig.Errors.TrueForAll(error => error.Reason is ReadErrorReason.Incomplete or ReadErrorReason.Oversized || _mayTellGap), string.Join("; ", _rig.Errors));
            Assert.True(_rig.Position!.Rows.Sum(row => row.Value.Length) < 40_000, "the position has grown out of bounds");
        }

        private string Places(int number) =>
            string.Join(", ", _rig.Records.Where(record => LogRig.NumberOf(record) == number).Select(record => Path.GetFileName(record.Place)));

        private void Do(string what, Action action)
        {
            _did.Add(what);
            try
            {
                action();
            }
            catch (AuditSourceException e) when (e.Reason == ReadErrorReason.NotFound)
            {
                _did.Add("(not found)");
            }
        }
    }
}

internal static class DictionaryExtensions
{
    public static List<int> GetOrAdd(this Dictionary<string, List<int>> lists, string name) =>
        lists.TryGetValue(name, out var list) ? list : lists[name] = [];
}
