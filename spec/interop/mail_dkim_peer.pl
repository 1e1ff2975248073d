# Mail::DKIM as a peer to interoperate with and to measure, spoken to as spec/support/peer.lua says.
use strict;
use warnings;

use Crypt::OpenSSL::RSA;
use Mail::DKIM::PrivateKey;
use Mail::DKIM::Signer;
use Mail::DKIM::Verifier;
use Net::DNS;
use Time::HiRes qw(clock);

my ( $directory, $repeat ) = @ARGV;
binmode STDIN;
binmode STDOUT;

sub read_file {
    my ($name) = @_;
    open my $file, '<:raw', "$directory/$name" or die "$directory/$name: $!\n";
    local $/ = undef;
    my $text = <$file>;
    return $text;
}

my %zone = map { split /\t/, $_, 2 } split /\n/, read_file('zone');
my $key = Mail::DKIM::PrivateKey->load( Cork => Crypt::OpenSSL::RSA->new_private_key( read_file('rsa.pem') ) );

# A resolver that answers from the zone.
{
    package ZoneResolver;

    sub new { return bless {}, shift }

    sub send {
        my ( $self, $name, $type ) = @_;
        my $packet = Net::DNS::Packet->new( $name, $type );
        my $text = $zone{ lc $name };
        $packet->header->qr(1);
        $packet->header->rcode( defined $text ? 'NOERROR' : 'NXDOMAIN' );
        if ( defined $text ) {
            my @strings = unpack '(a255)*', $text;
            $packet->push( answer => Net::DNS::RR->new( owner => $name, type => 'TXT', txtdata => \@strings ) );
        }
        return $packet;
    }
    sub errorstring { return '' }
}
Mail::DKIM::DNS::resolver( ZoneResolver->new );

sub sign {
    my ( $canonicalization, $domain, $selector, $message ) = @_;
    my $signer = Mail::DKIM::Signer->new(
        Algorithm => 'rsa-sha256', Method => $canonicalization, Domain => $domain, Selector => $selector, Key => $key,
    );
    $signer->PRINT($message);
    $signer->CLOSE;
    return ( 1, $signer->signature->as_string . "\r\n" );
}

sub verify {
    my ($message) = @_;
    my $verifier = Mail::DKIM::Verifier->new;
    $verifier->PRINT($message);
    $verifier->CLOSE;
    my $result = $verifier->result;
    return ( $result eq 'pass', $result eq 'pass' ? '' : $verifier->result_detail );
}

sub attempt {
    my ( $verb, $type, $canonicalization, $domain, $selector, $message ) = @_;
    my @answer = eval { $verb eq 'sign' ? sign( $canonicalization, $domain, $selector, $message ) : verify($message) };
    return @answer ? @answer : ( 0, "died: $@" );
}

while ( defined( my $line = <STDIN> ) ) {
    my @job = split ' ', $line;
    my $size = pop @job;
    my $message = '';
    read( STDIN, $message, $size ) == $size or die "short job\n" if $size;
    my ( $good, $text ) = attempt( @job, $message );
    if ( $repeat && $good ) {
        my $start = clock();
        attempt( @job, $message ) for 1 .. $repeat;
        $text = sprintf '%.3f', ( clock() - $start ) / $repeat * 1e6;
    }
    printf "%s %d\n%s\n", $good ? 'ok' : 'no', length $text, $text;
}
