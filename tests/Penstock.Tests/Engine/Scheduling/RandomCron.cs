namespace Penstock.Tests.Engine.Scheduling;

/// <summary>A random expression with what it means, made together: the meaning is never read from the text.</summary>
internal sealed class RandomCron
{
    private static readonly string[] MonthNames = ["JAN", "feb", "Mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    private static readonly string[] DayNames = ["sun", "Mon", "tue", "wed", "thu", "fri", "SAT"];

    private readonly Field[] _fields;

    private RandomCron(params Field[] fields) => _fields = fields;

    public string Text => string.Join(' ', _fields.Select(f => f.Text));
    public bool FollowsElapsedTime => _fields[0].IsOpen || _fields[1].IsOpen;

    public static RandomCron Make(Random random)
    {
        while (true)
        {
            RandomCron cron = new(
                Field.Make(random, 0, 59, null), Field.Make(random, 0, 23, null), Field.Make(random, 1, 28, null, open: random.Next(2) == 0),
                Field.Make(random, 1, 12, MonthNames, open: random.Next(3) > 0), Field.Weekday(random, DayNames));
            // Too many slots make the walk slow and teach nothing new.
            if (cron._fields[0].Values.Count * cron._fields[1].Values.Count <= 200)
                return cron;
        }
    }

    /// <summary>Every day, at times from midnight to four: where the clocks change.</summary>
    public static RandomCron AroundNight(Random random) => new(
        Field.Make(random, 0, 59, null), Field.Make(random, 0, 4, null, open: false), Field.Star(1, 31), Field.Star(1, 12), Field.Star(0, 6));

    public bool Matches(DateTime wall)
    {
        if (!_fields[0].Values.Contains(wall.Minute) || !_fields[1].Values.Contains(wall.Hour) || !_fields[3].Values.Contains(wall.Month))
            return false;
        bool ofMonth = _fields[2].Values.Contains(wall.Day);
        bool ofWeek = _fields[4].Values.Contains((int)wall.DayOfWeek);
        return _fields[2].IsOpen || _fields[4].IsOpen ? ofMonth && ofWeek : ofMonth || ofWeek;
    }

    private sealed record Field(string Text, HashSet<int> Values, bool IsOpen)
    {
        public static Field Star(int min, int max) => new("*", [.. Enumerable.Range(min, max - min + 1)], IsOpen: true);

        public static Field Make(Random random, int min, int max, string[]? names, bool? open = null)
        {
            if (open ?? random.Next(4) == 0)
            {
                // The widest step that still has a second value; days of month go to 31 whatever the bound of this generator.
                int top = max == 28 ? 31 : max;
                int step = random.Next(2) == 0 ? 1 : random.Next(2, Math.Max(3, top / 2));
                return new Field(
                    step == 1 ? "*" : $"*/{step}", [.. Enumerable.Range(min, top - min + 1).Where(v => (v - min) % step == 0)], IsOpen: true);
            }
            List<string> texts = [];
            HashSet<int> values = [];
            for (int i = random.Next(1, 4); i > 0; i--)
            {
                int from = random.Next(min, max + 1);
                int to = random.Next(from, max + 1);
                int step = to - from < 2 ? 1 : random.Next(1, to - from);
                bool single = random.Next(2) == 0;
                texts.Add(single ? Name(from) : $"{Name(from)}-{Name(to)}{(step == 1 ? "" : $"/{step}")}");
                for (int value = from; value <= (single ? from : to); value += step)
                    values.Add(value);
            }
            return new Field(string.Join(',', texts), values, IsOpen: false);

            string Name(int value) => names is not null && random.Next(2) == 0 ? names[value - min] : $"{value}";
        }

        public static Field Weekday(Random random, string[] names)
        {
            if (random.Next(2) == 0)
                return Star(0, 6);
            Field field = Make(random, 0, 6, names, open: random.Next(5) == 0);
            // 7 is Sunday, too.
            return random.Next(3) > 0 || field.IsOpen ? field : field with { Text = field.Text + ",7", Values = [.. field.Values, 0] };
        }
    }
}
