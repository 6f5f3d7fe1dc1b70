//! Some of what each library says; `tests/oracles` asks a real API server about all of it.

use super::{fails, holds};

#[test]
fn quantities_compare_and_add() {
    holds("quantity('1.5Gi') == quantity('1536Mi') && quantity('0.1n') == quantity('1n')");
    holds("quantity('64Mi').add(quantity('64Mi')).sub(1).asInteger() == 134217727");
    holds("quantity('1k').isLessThan(quantity('1Ki')) && sign(quantity('-2Gi')) == -1");
    holds("!quantity('0.5Gi').isInteger() && !isQuantity('1.5GB') && isQuantity('.')");
    fails("quantity('1KK')", "unable to parse quantity's suffix");
}

#[test]
fn addresses_lie_in_networks() {
    holds("cidr('10.0.0.0/8').containsIP('10.200.3.4') && !isIP('::ffff:1.2.3.4')");
    holds("cidr('10.1.2.3/8').masked() == cidr('10.0.0.0/8') && ip('::1').isLoopback()");
    holds("!cidr('10.1.0.0/16').containsCIDR('10.0.0.0/8') && type(ip('::1')) == net.IP");
    fails(
        "ip('1.2.3.04')",
        "IP Address \"1.2.3.04\" parse error during conversion from string: \
         ParseAddr(\"1.2.3.04\"): IPv4 field has octet with leading zero",
    );
}

#[test]
fn lists_are_sorted_summed_and_cut() {
    holds("[3, 1, 2].sort() == [1, 2, 3] && [].sum() == 0 && [3, 1].max() == 3");
    holds("[{'n': 'b'}, {'n': 'a'}].sortBy(e, e.n).map(e, e.n) == ['a', 'b']");
    holds("[[1], [2]].flatten() == [1, 2] && lists.range(3).reverse() == [2, 1, 0]");
    holds("sets.equivalent([1, 2, 2], [2, 1]) && [1, 1].distinct() == [1]");
    fails("[1, 2].slice(1, 5)", "cannot slice(1, 5), list is length 2");
    fails("[].min()", "min called on empty list");
}

#[test]
fn versions_have_an_order() {
    holds(
        "semver('1.2.3-rc.1').isLessThan(semver('1.2.3')) && semver('v1.30', true).minor() == 30",
    );
    holds("semver('1.2.3+a') == semver('1.2.3+b') && !isSemver('01.2.3')");
    fails("semver('v1.2.3')", "Invalid character(s) found in major number \"v1\"");
}

#[test]
fn texts_are_formatted_and_validated() {
    holds("'%s is %d, %.1f %x'.format(['a', 1, 1234.56, 255]) == 'a is 1, 1,234.6 ff'");
    holds("'%s'.format([[1, 'a', null]]) == '[1, \"a\", null]'");
    holds("'%e'.format([1234.5]) == '1.234500×10⁰³'");
    fails("'%s'.format([])", "1:12: index 0 out of range");
    fails(
        "'%d'.format(['a'])",
        "1:14: error during formatting: decimal clause can only be used on integers, was given string",
    );
    holds("format.dns1123Label().validate('a.b').value() == ['must not contain dots']");
    holds(
        "!format.named('nope').hasValue() && !format.uuid().validate('123e4567-e89b-12d3-a456-426614174000').hasValue()",
    );
}

#[test]
fn patterns_find_and_addresses_of_the_web_have_parts() {
    holds("'a1b22'.findAll('[0-9]+') == ['1', '22'] && 'abc'.find('x') == ''");
    holds("url('https://[::1]:443/a b?x=1&x=2').getHostname() == '::1'");
    holds("url('https://a/?x=1&x=2').getQuery() == {'x': ['1', '2']} && !isURL('a/b')");
}
