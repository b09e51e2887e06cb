using System.Globalization;
using System.Text;
using Penstock.Proteins.Input;
using Xunit;

namespace Penstock.Tests.Proteins.Input;

public sealed class Utf8KeysTests
{
    [Fact]
    public void Numbers_are_those_of_a_dictionary_in_order_of_first_appearance()
    {
        Random random = new(7);
        Utf8Keys keys = new(4);
        Dictionary<string, int> expected = [];
        for (int i = 0; i < 50_000; i++)
        {
            string key = random.Next(3) switch
            {
                0 => "GO:" + random.Next(20_000).ToString("D7", CultureInfo.InvariantCulture),
                1 => new string((char)('a' + random.Next(26)), random.Next(40)),
                _ => "P" + random.Next(5_000).ToString(CultureInfo.InvariantCulture) + "é",
            };
            expected.TryAdd(key, expected.Count);
            Assert.Equal(expected[key], keys.Add(Encoding.UTF8.GetBytes(key)));
        }
        Assert.Equal(expected.Count, keys.Count);
        foreach ((string key, int number) in expected)
        {
            Assert.Equal(number, keys.Find(Encoding.UTF8.GetBytes(key)));
            Assert.Equal(key, keys.TextOf(number));
        }
        Assert.Equal(-1, keys.Find("GO:9999999"u8));
    }
}
