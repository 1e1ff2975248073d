#!/usr/bin/env perl
# Prints csrc/mail/script_data.h from the Unicode character database that Perl carries.
#
#     perl csrc/mail/script_data.pl >csrc/mail/script_data.h
use strict;
use warnings;
use Unicode::UCD qw(prop_invmap);

# Scripts that are written together have a name of their own, which every one of them gets (UTS 39 section 5.1).
my %together = (
    Han      => [ "Han_with_Bopomofo", "Japanese", "Korean" ],
    Bopomofo => ["Han_with_Bopomofo"],
    Hiragana => ["Japanese"],
    Katakana => ["Japanese"],
    Hangul   => ["Korean"],
);
my @first = ( "", "Latin", "Han_with_Bopomofo", "Japanese", "Korean" );    # those that script.c knows by number

my ( $starts, $values, undef, undef ) = prop_invmap("Script_Extensions");

sub scripts_of {
    my ($value) = @_;
    my @own = sort( ref $value ? @$value : $value );
    return if grep { /^(Common|Inherited|Unknown)$/ } @own;
    my %more = map { $_ => 1 } map { @{ $together{$_} || [] } } @own;
    return ( @own, sort keys %more );
}

# Ranges of one set next to each other are one.
sub ranges {
    my @found;
    for my $i ( 0 .. $#$starts - 1 ) {
        my $set  = join " ", scripts_of( $values->[$i] ) or next;
        my $last = $starts->[ $i + 1 ] - 1;
        if ( @found && $found[-1][1] + 1 == $starts->[$i] && $found[-1][2] eq $set ) {
            $found[-1][1] = $last;
        }
        else {
            push @found, [ $starts->[$i], $last, $set ];
        }
    }
    return @found;
}

sub table {
    my ( $head, @cells ) = @_;
    my $line = "   ";
    print "\nstatic const $head = {\n";
    for my $cell (@cells) {
        if ( length("$line $cell,") > 120 ) {
            print "$line\n";
            $line = "   ";
        }
        $line .= " $cell,";
    }
    print "$line\n};\n";
}

my @ranges = ranges();
my %used   = map { $_ => 1 } map { split / /, $_->[2] } @ranges;
delete @used{@first};
my @names = ( @first, sort keys %used );
my %number = map { $names[$_] => $_ } 0 .. $#names;

my ( %place, @sets );
for my $set ( sort { $a cmp $b } map { $_->[2] } @ranges ) {
    next if exists $place{$set};
    $place{$set} = @sets;
    push @sets, ( map { $number{$_} } split / /, $set ), 0;
}

printf "/* script_data.h: tables of script.c, made by script_data.pl from Unicode %s. */\n", Unicode::UCD::UnicodeVersion();
print "/* clang-format off */\n";
table( "char *const names[]", map { ( my $name = qq("$_") ) =~ tr/_/ /; $name } @names );
table( "unsigned char sets[]", @sets );
table( "script_range ranges[]", map { sprintf "{ 0x%x, 0x%x, %d }", $_->[0], $_->[1], $place{ $_->[2] } } @ranges );
