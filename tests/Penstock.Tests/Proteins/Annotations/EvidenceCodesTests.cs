using Penstock.Proteins.Annotations;
using Xunit;

namespace Penstock.Tests.Proteins.Annotations;

public sealed class EvidenceCodesTests
{
    [Fact]
    public void The_thirteen_codes_count_as_experimental_also_as_raw_ECO_ids()
    {
        Assert.Equal(13, EvidenceCodes.Experimental.Distinct().Count());
        Assert.All(EvidenceCodes.Experimental, code => Assert.True(EvidenceCodes.IsExperimental(code)));
        string[] ecoIds =
        [
            "ECO:0000269", "ECO:0000314", "ECO:0000353", "ECO:0000315", "ECO:0000316", "ECO:0000270", "ECO:0006056",
            "ECO:0007005", "ECO:0007001", "ECO:0007003", "ECO:0007007", "ECO:0000305", "ECO:0000304",
        ];
        Assert.Equal(EvidenceCodes.Experimental, ecoIds.Select(EvidenceCodes.Translate));
        Assert.All(ecoIds, id => Assert.True(EvidenceCodes.IsExperimental(id)));
    }

    [Theory]
    [InlineData("ECO:0000256", "IEA")]
    [InlineData("ECO:0007826", "IEA")]
    [InlineData("ECO:0000318", "IBA")]
    [InlineData("IDA", "IDA")]
    [InlineData("ECO:9999999", "ECO:9999999")]
    [InlineData("", "")]
    public void Unknown_codes_pass_through(string given, string expected) =>
        Assert.Equal(expected, EvidenceCodes.Translate(given));

    [Theory]
    [InlineData(EvidenceRegime.Lafa, "TAS", true)]
    [InlineData(EvidenceRegime.Experimental, "TAS", false)]
    [InlineData(EvidenceRegime.Experimental, "ECO:0000270", true)]
    [InlineData(EvidenceRegime.Lafa, "IEA", false)]
    [InlineData(EvidenceRegime.All, "IEA", true)]
    public void A_regime_takes_its_own_codes(EvidenceRegime regime, string code, bool expected) =>
        Assert.Equal(expected, EvidenceCodes.IsIn(regime, code));

    [Theory]
    [InlineData("NOT|enables", true)]
    [InlineData("enables", false)]
    [InlineData("", false)]
    public void Only_a_qualifier_with_NOT_is_negative(string qualifier, bool expected) =>
        Assert.Equal(expected, EvidenceCodes.IsNegative(qualifier));
}
