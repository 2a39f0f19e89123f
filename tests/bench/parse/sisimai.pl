#!/usr/bin/perl
# Sisimai over the mails of a folder; as bench_parse prints it, or without
# SECONDS what it says, a line each: file, address and class, with tabs.
#
# usage: sisimai.pl DIR [SECONDS]
use strict;
use warnings;
use Sisimai;

# Its reasons in the scorer's words. What its flag calls hard is hard;
# the rest is soft.
my %block = map { $_ => 1 } qw(blocked rejected spamdetected policyviolation
	norelaying securityerror virusdetected contenterror);

sub said {
	my ($name, $one) = @_;
	my $reason = $one->reason;

	# A complaint counts where it asks that mail stops.
	return if $reason eq 'feedback' &&
	    $one->feedbacktype !~ /^(abuse|opt-out|)$/;
	# It says so where it knows no address.
	return if $one->recipient->address =~ /\@libsisimai\.org\.invalid$/;
	# Still trying, or no failure at all.
	return if $one->action =~ /^(delayed|delivered|relayed|expanded)/ ||
	    $reason =~ /^(delivered|vacation)$/;
	my $class = $reason eq 'feedback' ? 'complaint'
	    : $block{$reason} ? 'block' : $one->softbounce eq '0' ? 'hard'
	    : 'soft';
	printf "%s\t%s\t%s\n", $name, $one->recipient->address, $class;
}

my ($dir, $seconds) = @ARGV;
opendir(my $d, $dir) or die "$dir: $!";
my (@names, @mails);
for my $name (sort grep { /\.eml$/ } readdir $d) {
	local $/;
	open(my $f, '<:raw', "$dir/$name") or die "$name: $!";
	push @names, $name;
	push @mails, scalar <$f>;
}
open(STDERR, '>', '/dev/null');
binmode(STDOUT, ':utf8');
if (!defined $seconds) {
	for my $i (0 .. $#mails) {
		my $all = eval { Sisimai->make(\$mails[$i]) } // [];
		said($names[$i], $_) for @$all;
	}
	exit 0;
}
my ($begin, $messages) = ((times)[0] + (times)[1], 0);
my $used = 0;
while ($used < $seconds) {
	for my $mail (@mails) {
		my $copy = $mail;
		eval { Sisimai->make(\$copy) };
		$messages++;
	}
	$used = (times)[0] + (times)[1] - $begin;
}
print "$messages $used 0\n";
