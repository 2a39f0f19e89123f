#!/usr/bin/perl
# Sisimai over the mails of a folder; as bench_parse prints it.
#
# usage: sisimai.pl DIR SECONDS
use strict;
use warnings;
use Sisimai;

my ($dir, $seconds) = @ARGV;
opendir(my $d, $dir) or die "$dir: $!";
my @mails;
for my $name (sort grep { !/^\./ } readdir $d) {
	local $/;
	open(my $f, '<:raw', "$dir/$name") or die "$name: $!";
	push @mails, scalar <$f>;
}
my ($begin, $messages) = ((times)[0] + (times)[1], 0);
my $used = 0;
open(STDERR, '>', '/dev/null');
while ($used < $seconds) {
	for my $mail (@mails) {
		my $copy = $mail;
		eval { Sisimai->make(\$copy) };
		$messages++;
	}
	$used = (times)[0] + (times)[1] - $begin;
}
print "$messages $used 0\n";
